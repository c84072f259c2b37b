//! The simulator from outside: over its sockets, as a browser, an application and a listener.

#[cfg(test)]
mod binary;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod control;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod envelopes;
#[cfg(test)]
mod oauth;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod world;
