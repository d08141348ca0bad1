//! `minimum` and `maximum`.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned as _;
use syn::{Expr, ExprUnary, Lit, UnOp};

/// A limit of a number or of a length.
pub(crate) enum Bound {
    /// A number in the code.
    Known { limit: f64, written: Expr },
    /// An expression of type `f64`.
    Computed(Expr),
}

impl Bound {
    pub(crate) fn read(expression: &Expr) -> Self {
        match number_literal(expression) {
            Some(limit) => Self::Known {
                limit,
                written: expression.clone(),
            },
            None => Self::Computed(expression.clone()),
        }
    }

    /// The limit, where the code tells it.
    pub(crate) fn known(&self) -> Option<f64> {
        match self {
            Self::Known { limit, .. } => Some(*limit),
            Self::Computed(_) => None,
        }
    }

    /// What the user wrote.
    pub(crate) fn written(&self) -> &Expr {
        match self {
            Self::Known { written, .. } | Self::Computed(written) => written,
        }
    }
}

impl ToTokens for Bound {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known { limit, written } => {
                let mut number = Literal::f64_suffixed(limit.abs());
                number.set_span(written.span());
                let sign = limit.is_sign_negative().then(|| quote!(-));
                tokens.extend(quote!(#sign #number));
            }
            Self::Computed(expression) => expression.to_tokens(tokens),
        }
    }
}

fn number_literal(expression: &Expr) -> Option<f64> {
    match expression {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().ok(),
            Lit::Float(number) => number.base10_parse().ok(),
            _ => None,
        },
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => number_literal(expr).map(|number| -number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn whole_numbers_become_fractions() {
        for (expression, known, written) in [
            (parse_quote!(2), Some(2.0), "2f64"),
            (parse_quote!(-1.5), Some(-1.5), "- 1.5f64"),
            (parse_quote!(LIMIT), None, "LIMIT"),
        ] {
            let bound = Bound::read(&expression);
            assert_eq!(bound.known(), known);
            assert_eq!(bound.into_token_stream().to_string(), written);
        }
    }
}
