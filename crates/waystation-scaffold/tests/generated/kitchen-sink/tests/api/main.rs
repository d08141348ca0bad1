//! Kitchen Sink against a scripted partner.

#[cfg(test)]
mod connecting;
