//! Which answer is next.

use std::collections::VecDeque;

use super::answer::Answer;

/// Which requests an answer is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Any,
    Exactly { method: String, path: String },
}

impl Target {
    pub(super) fn exactly(method: &str, path: &str) -> Self {
        Self::Exactly {
            method: method.to_owned(),
            path: path.to_owned(),
        }
    }
}

/// What a partner has to say.
#[derive(Debug, Default)]
pub(super) struct Script(Vec<Lines>);

#[derive(Debug)]
struct Lines {
    target: Target,
    next: VecDeque<Answer>,
    otherwise: Option<Answer>,
}

impl Script {
    pub(super) fn once(&mut self, target: Target, answer: Answer) {
        self.lines(target).next.push_back(answer);
    }

    pub(super) fn always(&mut self, target: Target, answer: Answer) {
        self.lines(target).otherwise = Some(answer);
    }

    fn lines(&mut self, target: Target) -> &mut Lines {
        let known = self.0.iter().position(|lines| lines.target == target);
        let place = known.unwrap_or_else(|| {
            self.0.push(Lines {
                target,
                next: VecDeque::new(),
                otherwise: None,
            });
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    /// What is said to a request: what was said about its own method and path goes first.
    pub(super) fn answer(&mut self, method: &str, path: &str) -> Option<Answer> {
        [Target::exactly(method, path), Target::Any]
            .into_iter()
            .find_map(|target| {
                let lines = self.0.iter_mut().find(|lines| lines.target == target)?;
                lines.next.pop_front().or_else(|| lines.otherwise.clone())
            })
    }
}
