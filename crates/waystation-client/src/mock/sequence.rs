//! Which answers of a script were given already.

/// For each answer of each sequence, whether it was given.
#[derive(Debug)]
pub(super) struct Progress(Vec<Vec<bool>>);

impl Progress {
    /// Nothing given yet, of sequences of these lengths.
    pub(super) fn new(lengths: impl Iterator<Item = usize>) -> Self {
        Self(lengths.map(|length| vec![false; length]).collect())
    }

    /// Takes the first answer of a sequence that fits and was not given yet; when all that fit were given,
    /// the last of them again.
    pub(super) fn take<'s, T>(
        &mut self,
        sequence_index: usize,
        sequence: &'s [T],
        fits: impl Fn(&T) -> bool,
    ) -> Option<&'s T> {
        let given = self.0.get_mut(sequence_index)?;
        let mut last = None;
        for (step, given) in sequence.iter().zip(given) {
            if !fits(step) {
                continue;
            }
            if !*given {
                *given = true;
                return Some(step);
            }
            last = Some(step);
        }
        last
    }
}
