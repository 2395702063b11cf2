//! Defines what a kind of handler may touch: the parts of the state that it changes, and those that it only reads.

/// A type that borrows these parts of the state, made from it with `From`.
macro_rules! handles {
    (
        $(#[$attribute:meta])*
        $name:ident
        $(changes $($changed:ident: $kind:ty),+;)?
        $(reads $($other:ident: $of:ty),+;)?
    ) => {
        $(#[$attribute])*
        pub(in crate::playground::state) struct $name<'a> {
            $($(pub(super) $changed: &'a mut $kind,)+)?
            $($(pub(super) $other: &'a $of,)+)?
        }

        impl<'a> From<&'a mut $crate::playground::state::State> for $name<'a> {
            fn from(state: &'a mut $crate::playground::state::State) -> Self {
                Self { $($($changed: &mut state.$changed,)+)? $($($other: &state.$other,)+)? }
            }
        }
    };
}

pub(super) use handles;
