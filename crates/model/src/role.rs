//! Who a device writes for, and whose word weighs more.

use serde::{Deserialize, Serialize};

use crate::unit::Level;

/// What a grant makes of a device within its unit and everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A community digital team: records sessions of its hamlet.
    Team,
    /// A school's IT coordinator.
    School,
    /// An officer of a commune: sees, corrects, settles and invites within it.
    Commune,
    /// An officer of an area.
    Area,
    /// An officer of the province.
    Province,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Team, Self::School, Self::Commune, Self::Area, Self::Province];

    /// The role as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::School => "school",
            Self::Commune => "commune",
            Self::Area => "area",
            Self::Province => "province",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Weight of the role's word: team and school 1, commune 2, area 3, province 4.
    pub fn rank(self) -> u8 {
        match self {
            Self::Team | Self::School => 1,
            Self::Commune => 2,
            Self::Area => 3,
            Self::Province => 4,
        }
    }

    /// Whether the role may correct, settle, adopt, revoke and invite within its unit.
    pub fn is_officer(self) -> bool {
        self.rank() >= Self::Commune.rank()
    }

    /// The role foreseen for whoever works at a unit of this level.
    pub fn foreseen_at(level: Level) -> Self {
        match level {
            Level::Province => Self::Province,
            Level::Area => Self::Area,
            Level::Commune => Self::Commune,
            Level::School => Self::School,
            Level::Hamlet | Level::Agency | Level::Enterprise | Level::Coop => Self::Team,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_rise_with_the_office() {
        let ranks: Vec<u8> = Role::ALL.iter().map(|role| role.rank()).collect();
        assert_eq!(ranks, [1, 1, 2, 3, 4]);
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
        assert_eq!(Role::parse("admin"), None);
    }
}
