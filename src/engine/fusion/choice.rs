//! Enums whose variants the user chooses by name.
//!
//! Owns the macro that defines such an enum: variants, names and lists come from one place, so no list can miss one.

/// An enum whose variants the user chooses by name.
pub trait Choice: Sized + Copy + PartialEq + 'static {
    /// Every variant with its name, in the order in which they are offered.
    const NAMES: &'static [(Self, &'static str)];
    /// The names alone.
    const LIST: &'static [&'static str];

    /// The variant's name.
    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(variant, _)| *variant == self).map_or("", |(_, name)| name)
    }

    /// The variant of that name.
    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(variant, _)| *variant)
    }
}

/// Defines an enum whose variants have names: `Variant = "name"`.
macro_rules! choice {
    ($(#[$attribute:meta])* $visible:vis enum $kind:ident { $($(#[$of_variant:meta])* $variant:ident = $name:literal),+ $(,)? }) => {
        $(#[$attribute])*
        $visible enum $kind {
            $($(#[$of_variant])* $variant),+
        }

        #[allow(dead_code, reason = "not every list is needed of every enum")]
        impl $kind {
            /// Every variant, in the order in which they are offered.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// Every variant with its name.
            pub const NAMES: &'static [(Self, &'static str)] = &[$((Self::$variant, $name)),+];
        }

        impl $crate::engine::fusion::choice::Choice for $kind {
            const NAMES: &'static [(Self, &'static str)] = Self::NAMES;
            const LIST: &'static [&'static str] = &[$($name),+];
        }
    };
}

pub(crate) use choice;
