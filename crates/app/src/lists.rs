//! The code lists, for the form's choices.

use hocvu_model::codes::{
    COLUMNS, CommentFlag, EvidenceKind, Language, Measure, PopulationBasis, SessionForm, TargetGroup, Topic, VenueType,
};
use hocvu_model::coverage;

use crate::App;
use crate::command::Command;
use crate::contract::{CodeList, GroupRules, ListsView, NoInput};
use crate::error::Result;

/// `app.lists`
pub struct ReadLists;

impl Command for ReadLists {
    const NAME: &'static str = "app.lists";
    type Input = NoInput;
    type Output = ListsView;

    fn run(_: &App, _: NoInput) -> Result<ListsView> {
        macro_rules! list {
            ($($code:ty),+) => { vec![$(CodeList {
                name: <$code>::LIST.to_owned(),
                active: <$code>::active().map(|code| code.as_str().to_owned()).collect(),
                retired: <$code>::retired().map(|code| code.as_str().to_owned()).collect(),
            }),+] };
        }
        let mut lists = list![
            SessionForm,
            Topic,
            VenueType,
            Language,
            TargetGroup,
            Measure,
            EvidenceKind,
            PopulationBasis,
            CommentFlag
        ];
        let active = COLUMNS.iter().map(|column| (*column).to_owned()).collect();
        lists.push(CodeList {
            name: "column".to_owned(),
            active,
            retired: Vec::new(),
        });
        Ok(ListsView {
            lists,
            groups: TargetGroup::active().map(rules).collect(),
        })
    }
}

fn rules(group: TargetGroup) -> GroupRules {
    let measures = Measure::active().filter(|measure| measure.is_of(group));
    GroupRules {
        code: group.as_str().to_owned(),
        measures: measures.map(|measure| measure.as_str().to_owned()).collect(),
        grades: coverage::grades(group).map(|grades| (*grades.start(), *grades.end())),
        taught: group.is_taught(),
    }
}
