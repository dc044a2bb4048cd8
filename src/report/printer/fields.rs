//! The fields of views by their names, as a printer asks for them.

/// A field of a view.
#[derive(Clone, Copy)]
pub(in crate::report) enum Field<'a> {
    /// A text, which is escaped when it is printed.
    Text(&'a str),
    /// A text that is escaped already.
    Safe(&'a str),
    /// A number.
    Number(u64),
    /// A list.
    List(&'a dyn List),
    /// A view, with fields of its own.
    View(&'a dyn Fields),
}

/// A view.
pub(in crate::report) trait Fields {
    /// The field of that name.
    fn get(&self, name: &str) -> Option<Field<'_>>;
}

/// A list.
pub(in crate::report) trait List {
    /// How many entries it has.
    fn count(&self) -> usize;

    /// One of them.
    fn at(&self, at: usize) -> Option<Field<'_>>;
}

/// What a field of a view can be.
pub(in crate::report) trait Printed {
    /// As a field.
    fn field(&self) -> Field<'_>;
}

impl Printed for String {
    fn field(&self) -> Field<'_> {
        Field::Text(self)
    }
}

impl Printed for &'static str {
    fn field(&self) -> Field<'_> {
        Field::Text(self)
    }
}

impl Printed for u32 {
    fn field(&self) -> Field<'_> {
        Field::Number(u64::from(*self))
    }
}

impl<T: Printed> Printed for Vec<T> {
    fn field(&self) -> Field<'_> {
        Field::List(self)
    }
}

impl<T: Printed> List for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn at(&self, at: usize) -> Option<Field<'_>> {
        self.get(at).map(Printed::field)
    }
}

/// Says that a type is a view with these fields, which have to be all that it has.
macro_rules! fields {
    ($view:ident $(<$of:ident>)?: $($name:ident),+ $(,)?) => {
        impl $(<$of: $crate::report::printer::Printed>)? $crate::report::printer::Fields for $view $(<$of>)? {
            fn get(&self, name: &str) -> Option<$crate::report::printer::Field<'_>> {
                let Self { $($name),+ } = self;
                match name {
                    $(stringify!($name) => Some($crate::report::printer::Printed::field($name)),)+
                    _ => None,
                }
            }
        }

        impl $(<$of: $crate::report::printer::Printed>)? $crate::report::printer::Printed for $view $(<$of>)? {
            fn field(&self) -> $crate::report::printer::Field<'_> {
                $crate::report::printer::Field::View(self)
            }
        }
    };
}
pub(in crate::report) use fields;
