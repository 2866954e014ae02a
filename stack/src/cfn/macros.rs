//! The three forms generated code is written in: `resource!`, `record!` and `choice!`.

/// A resource type: constructor with the required properties, one setter per optional property,
/// one method per attribute on its handle.
macro_rules! resource {
    (
        $(#[$doc:meta])*
        $name:ident = $type:literal
        required { $($required:tt)* }
        optional { $($optional:tt)* }
        attributes { $($attribute:ident: $path:literal => $attribute_type:ty;)* }
        create_only [$($create_only:literal),* $(,)?]
    ) => {
        $crate::cfn::macros::record! {
            $(#[$doc])*
            $name
            required { $($required)* }
            optional { $($optional)* }
        }

        impl $crate::cfn::Resource for $name {
            const TYPE: &'static str = $type;
            const CREATE_ONLY: &'static [&'static str] = &[$($create_only),*];
        }

        impl $crate::cfn::Handle<$name> {
            $(
                #[doc = concat!("The attribute `", $path, "`.")]
                pub fn $attribute(&self) -> $crate::cfn::Value<$attribute_type> {
                    self.attribute($path)
                }
            )*
        }
    };
}

/// A record inside a resource: the same without type and attributes.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident
        required { $($required:ident: $required_name:literal => $required_type:ty
            $([$($required_rule:expr),*])?;)* }
        optional { $($optional:ident: $optional_name:literal => $optional_type:ty
            $([$($optional_rule:expr),*])?;)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name($crate::cfn::Properties);

        #[allow(clippy::new_without_default, clippy::too_many_arguments)]
        impl $name {
            /// Takes the required properties.
            #[allow(unused_mut, clippy::let_and_return)]
            pub fn new($($required: impl Into<$crate::cfn::Value<$required_type>>),*) -> Self {
                let mut properties = $crate::cfn::Properties::default();
                $(properties.set($required_name, &[$($($required_rule),*)?], $required.into());)*
                Self(properties)
            }

            $(
                #[doc = concat!("Sets `", $optional_name, "`.")]
                #[must_use]
                pub fn $optional(
                    mut self,
                    value: impl Into<$crate::cfn::Value<$optional_type>>,
                ) -> Self {
                    self.0.set($optional_name, &[$($($optional_rule),*)?], value.into());
                    self
                }
            )*
        }

        impl From<$name> for $crate::cfn::Properties {
            fn from(record: $name) -> Self {
                record.0
            }
        }

        impl From<$name> for $crate::cfn::Node {
            fn from(record: $name) -> Self {
                Self::Record(record.0)
            }
        }
    };
}

/// A text property with a closed set of values.
macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $value:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)+
        }

        impl From<$name> for $crate::cfn::Node {
            fn from(choice: $name) -> Self {
                Self::from(match choice { $($name::$variant => $value,)+ })
            }
        }
    };
}

pub(crate) use {choice, record, resource};
