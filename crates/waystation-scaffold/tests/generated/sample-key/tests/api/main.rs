//! Sample Key against a scripted partner.

#[cfg(test)]
mod connecting;
#[cfg(test)]
mod delivering;
