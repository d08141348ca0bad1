//! Enums that are written as words.

/// Gives an enum its words in the file.
macro_rules! choices {
    ($($type:ty { $($word:literal => $variant:expr, $about:literal;)* })*) => {$(
        impl $crate::document::Choice for $type {
            const CHOICES: &'static [(&'static str, Self, &'static str)] =
                &[$(($word, $variant, $about)),*];
        }
    )*};
}
pub(crate) use choices;
