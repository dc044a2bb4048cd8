//! One row of a credential report, its cells as what they mean.

use super::arn::Arn;
use super::join::LastUse;
use crate::base::time::Instant;
use crate::export::rows;

/// What a cell that should hold a time says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// An instant.
    At(i64),
    /// `N/A`: there is no such credential, or it was not used.
    None,
    /// `no_information`: no use is on record.
    NoInformation,
    /// `not_supported`, an empty cell or no such column.
    Silent,
    /// Something that is not a time.
    Bad,
}

impl When {
    /// The cell as a last use.
    #[must_use]
    pub fn last_use(self) -> LastUse {
        match self {
            Self::At(at) => LastUse::At(at),
            Self::None | Self::NoInformation => LastUse::Never,
            Self::Silent | Self::Bad => LastUse::Unsaid,
        }
    }

    fn read(cell: &str) -> Self {
        match cell {
            "N/A" => Self::None,
            "no_information" => Self::NoInformation,
            "not_supported" | "" => Self::Silent,
            text => Instant::parse(text).map_or(Self::Bad, |at| Self::At(at.0)),
        }
    }
}

/// An access key or a certificate of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Secret {
    /// Whether it is active, if the report says.
    pub active: Option<bool>,
    /// When it was made or last changed.
    pub changed: When,
    /// When it was last used.
    pub used: When,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// The name, `<root_account>` for the root user.
    pub user: String,
    /// The Amazon resource name.
    pub arn: String,
    /// When the user was made.
    pub created: When,
    /// Whether a multi-factor device is registered.
    pub mfa: Option<bool>,
    /// The password; `active` is whether there is one.
    pub password: Secret,
    /// When the password must be changed.
    pub next_rotation: When,
    /// Access keys 1 and 2.
    pub keys: [Secret; 2],
    /// Certificates 1 and 2.
    pub certificates: [Secret; 2],
}

/// Where each column stands.
#[derive(Debug, Default)]
pub struct Columns {
    count: usize,
    user: Option<usize>,
    arn: Option<usize>,
    created: Option<usize>,
    mfa: Option<usize>,
    next_rotation: Option<usize>,
    password: [Option<usize>; 3],
    keys: [[Option<usize>; 3]; 2],
    certificates: [[Option<usize>; 3]; 2],
}

impl Columns {
    /// The columns that a first row names.
    #[must_use]
    pub fn new(header: &[String]) -> Self {
        let at = |name: &str| header.iter().position(|column| column.trim() == name);
        let key = |number: u8| {
            ["active", "last_rotated", "last_used_date"].map(|what| at(&format!("access_key_{number}_{what}")))
        };
        let certificate =
            |number: u8| [at(&format!("cert_{number}_active")), at(&format!("cert_{number}_last_rotated")), None];
        Self {
            count: header.len(),
            user: at("user"),
            arn: at("arn"),
            created: at("user_creation_time"),
            mfa: at("mfa_active"),
            next_rotation: at("password_next_rotation"),
            password: ["password_enabled", "password_last_changed", "password_last_used"].map(at),
            keys: [key(1), key(2)],
            certificates: [certificate(1), certificate(2)],
        }
    }

    /// True if the columns are there that say which keys and passwords there are.
    #[must_use]
    pub fn whole(&self) -> bool {
        [self.password[0], self.keys[0][0], self.keys[1][0]].iter().all(Option::is_some)
    }

    /// Reads a row.
    ///
    /// # Errors
    /// Why it is not one, in words that quote no value of it.
    pub fn read(&self, text: &[u8]) -> Result<Row, String> {
        let cells = rows::fields(text)?;
        if cells.len() != self.count {
            return Err(format!("it has {} fields where the first row has {}", cells.len(), self.count));
        }
        let cell = |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", |text| text.trim());
        let secret = |[active, changed, used]: [Option<usize>; 3]| Secret {
            active: truth(cell(active)),
            changed: When::read(cell(changed)),
            used: When::read(cell(used)),
        };
        let arn = cell(self.arn);
        if arn.is_empty() {
            return Err("it has no `arn`".to_owned());
        }
        let kind = Arn::parse(arn).map(|arn| arn.kind);
        if !matches!(kind, Some("user" | "root")) {
            return Err("its `arn` is not the name of a user with its account".to_owned());
        }
        // What stands there decides whether there is such a credential: a word that is neither leaves it open. Only of
        // the root user does AWS say that it does not say.
        let states = [(self.password[0], kind == Some("root")), (self.keys[0][0], false), (self.keys[1][0], false)];
        for (column, may_be_silent) in states {
            let text = cell(column);
            let silent = may_be_silent && ["not_supported", "N/A"].iter().any(|word| text.eq_ignore_ascii_case(word));
            if column.is_some() && truth(text).is_none() && !silent {
                return Err("it does not say whether one of its keys or its password is active".to_owned());
            }
        }
        Ok(Row {
            user: cell(self.user).to_owned(),
            arn: arn.to_owned(),
            created: When::read(cell(self.created)),
            mfa: truth(cell(self.mfa)),
            password: secret(self.password),
            next_rotation: When::read(cell(self.next_rotation)),
            keys: self.keys.map(secret),
            certificates: self.certificates.map(secret),
        })
    }
}

fn truth(cell: &str) -> Option<bool> {
    if cell.eq_ignore_ascii_case("true") {
        Some(true)
    } else if cell.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_as_what_they_mean() {
        let header: Vec<String> = ["user", "arn", "password_enabled", "password_last_used", "access_key_1_active"]
            .map(str::to_owned)
            .to_vec();
        let columns = Columns::new(&header);
        let row =
            columns.read(b"<root_account>,arn:aws:iam::111122223333:root,not_supported,no_information,TRUE").unwrap();
        assert_eq!((row.password.active, row.password.used), (None, When::NoInformation));
        assert_eq!((row.keys[0].active, row.keys[0].used, row.keys[1].active), (Some(true), When::Silent, None));
        for silent in ["not_supported", "N/A", ""] {
            let text = format!("ann,arn:aws:iam::111122223333:user/ann,{silent},no_information,TRUE");
            assert!(columns.read(text.as_bytes()).unwrap_err().contains("does not say whether"), "{silent}");
        }
        assert_eq!(When::read("soon"), When::Bad);
        assert_eq!(columns.read(b"ann,,true,N/A,true").unwrap_err(), "it has no `arn`");
        assert!(columns.read(b"ann").unwrap_err().contains("1 fields"));
    }
}
