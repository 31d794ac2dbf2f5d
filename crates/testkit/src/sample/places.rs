use chrono::NaiveDate;
use hocvu_model::UnitUid;
use hocvu_model::unit::{Level, Succession, SuccessionKind, Unit, UnitBook};

use super::dice::Dice;
use super::{Place, Plan, Sample};

/// Which communes a sample has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One of today's communes.
    Commune(UnitUid),
    /// Today's communes of what was one district.
    Area(UnitUid),
    /// The 41 communes of the former province.
    Province,
    /// The same, but until 30/06/2025 in its 104 old communes: a sample that spans the merger.
    OldCommunes,
}

const HAMLETS: [&str; 24] = [
    "Hòa Thuận",
    "Tri Phong",
    "Rạch Sâu",
    "Bến Có",
    "Ba Động",
    "Cồn Cù",
    "Đầu Giồng",
    "Sóc Ruộng",
    "Trà Kháo",
    "Lạc Hòa",
    "Long Thành",
    "Thạnh Hiệp",
    "Kinh Đào",
    "Bến Chùa",
    "Giồng Lức",
    "Ô Chích",
    "Tân Lập",
    "Phú Hòa",
    "Vĩnh Bình",
    "Cây Da",
    "Rạch Vồn",
    "Nô Công",
    "Chợ Mới",
    "Xoài Xiêm",
];
const SCHOOLS: [&str; 8] = [
    "Trường Tiểu học {} A",
    "Trường Tiểu học {} B",
    "Trường THCS {}",
    "Trường Tiểu học {} C",
    "Trường THPT {}",
    "Trường TH-THCS {}",
    "Trường Tiểu học {} D",
    "Trường THCS-THPT {}",
];

/// Lays out the units.
pub(super) fn make(plan: Plan) -> Sample {
    let book = UnitBook::shipped();
    let mut communes: Vec<&Unit> = match &plan.scope {
        Scope::OldCommunes => old_communes(&book),
        Scope::Commune(uid) => book.get(uid.as_str()).into_iter().collect(),
        Scope::Area(_) | Scope::Province => {
            let within = |old: &&Unit| match &plan.scope {
                Scope::Area(area) => old.parent.as_ref() == Some(area),
                _ => true,
            };
            let heirs = old_communes(&book).into_iter().filter(within);
            heirs
                .filter_map(|old| book.get(book.current(&old.uid).as_str()))
                .collect()
        }
    };
    communes.sort_by(|a, b| a.uid.cmp(&b.uid));
    communes.dedup();
    let mut sample = Sample {
        units: Vec::new(),
        successions: Vec::new(),
        places: Vec::new(),
        plan,
    };
    for commune in communes {
        let seed = commune
            .uid
            .as_str()
            .bytes()
            .fold(7, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte));
        lay_out(&book, commune, Dice::of(sample.plan.seed, seed), &mut sample);
    }
    sample
}

fn old_communes(book: &UnitBook) -> Vec<&Unit> {
    let old = |unit: &&Unit| unit.level == Level::Commune && unit.uid.as_str().starts_with("old:");
    book.iter().filter(old).collect()
}

fn lay_out(book: &UnitBook, commune: &Unit, mut dice: Dice, sample: &mut Sample) {
    let khmer = dice.below(79);
    let own = commune
        .name
        .split_once(' ')
        .map_or(commune.name.as_str(), |(_, own)| own);
    let average = sample.plan.hamlets;
    let hamlets = dice.between(average.saturating_sub(average / 7), average + average / 7);
    let schools = if average < 4 { 0 } else { dice.between(6, 8) };
    for at in 0..hamlets + schools {
        let school = at >= hamlets;
        let index = (if school { at - hamlets } else { at }) as usize;
        let name = if school {
            SCHOOLS[index % SCHOOLS.len()].replace("{}", own)
        } else {
            format!("Ấp {}", HAMLETS[index % HAMLETS.len()])
        };
        let level = if school { Level::School } else { Level::Hamlet };
        let key = commune.uid.as_str().replace(':', "");
        let uid = UnitUid(format!("u:{key}-{}{index}", if school { 's' } else { 'a' }));
        let mut units = vec![(NaiveDate::MIN, uid.clone())];
        sample.units.push(Unit {
            parent: Some(commune.uid.clone()),
            valid_to: commune.valid_to,
            ..Unit::new(uid.clone(), level, &name)
        });
        if let [
            Succession {
                new,
                effective,
                legal_basis,
                ..
            },
        ] = book.successions(&commune.uid)
        {
            let heir = UnitUid(format!("{uid}m"));
            sample.units.push(Unit {
                parent: Some(new.clone()),
                valid_from: Some(*effective),
                ..Unit::new(heir.clone(), level, &name)
            });
            sample.successions.push(Succession {
                old: uid,
                new: heir.clone(),
                kind: SuccessionKind::Transfer,
                effective: *effective,
                legal_basis: legal_basis.clone(),
            });
            units.push((*effective, heir));
        }
        let place = Place {
            units,
            name,
            school,
            khmer,
            adults: dice.between(600, 1_400),
            pupils: dice.between(350, 1_100),
            dice: Dice::of(dice.next(), u64::from(at)),
        };
        sample.places.push(place);
    }
}
