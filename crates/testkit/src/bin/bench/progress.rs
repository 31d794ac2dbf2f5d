//! Progress of the province that was Trà Vinh, as its own machine holds it.

use std::time::Instant;

use hocvu_app::contract::{ProgressInput, ProgressView, RecordForm, RecordSaveView};
use hocvu_model::session::TrainingSession;
use hocvu_model::unit::{Level, Unit, UnitBook};
use hocvu_testkit::{Device, Workload};

use crate::device::{enrolled_for, import_csv};
use crate::{Figure, quantile};

/// A year of a former province: 41 communes of 18 hamlets with six sessions a month.
const SESSIONS: usize = 54_000;
const HAMLETS: usize = 18;
const PROVINCE: &str = "old:84";
/// What the acceptance asks for, ms.
const LIMIT_MS: f64 = 100.0;

/// Every target of the province with its series, and one of them told by 41 communes.
pub fn province() -> Vec<Figure> {
    let mut device = enrolled_for("new:86", "Tỉnh Vĩnh Long", "province");
    let hamlets = hamlets();
    device
        .app()
        .store()
        .write(|tx| tx.put_units(&hamlets))
        .expect("written");
    device.restart();
    let mut workload = Workload::new(67, hamlets[0].uid.as_str(), "2025-01-05".parse().expect("a date"));
    let sessions: Vec<TrainingSession> = (0..SESSIONS)
        .map(|at| TrainingSession {
            unit: hamlets[at % hamlets.len()].uid.clone(),
            ..workload.session()
        })
        .collect();
    import_csv(&device, &sessions);
    for (at, hamlet) in hamlets.iter().enumerate() {
        tell(&device, "coverage", hamlet.uid.as_str(), at);
        if at % HAMLETS == 0 {
            let commune = hamlet.parent.as_ref().expect("a commune");
            tell(&device, "population", commune.as_str(), at);
        }
    }
    let mut took: Vec<f64> = (0..15)
        .map(|_| {
            let input = ProgressInput {
                unit: PROVINCE.into(),
                year: 2025,
                code: "KH67-2025-C".into(),
                as_of: "22/11/2025".into(),
                ..ProgressInput::default()
            };
            let began = Instant::now();
            let view: ProgressView = device.call("progress.read", input).expect("readable");
            assert_eq!(view.progress.shares.len(), 41);
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    vec![Figure::new(
        "progress.54000.p50",
        quantile(&mut took, 0.5),
        "ms",
        LIMIT_MS,
    )]
}

fn hamlets() -> Vec<Unit> {
    let book = UnitBook::shipped();
    let mut communes: Vec<_> = book
        .iter()
        .filter(|unit| unit.uid.as_str().starts_with("old:") && unit.level == Level::Commune)
        .map(|unit| book.current(&unit.uid).clone())
        .collect();
    communes.sort();
    communes.dedup();
    let hamlet = |at: usize| Unit {
        parent: Some(communes[at / HAMLETS].clone()),
        ..Unit::new(
            format!("u:{at:032x}").as_str().into(),
            Level::Hamlet,
            format!("Ấp {at}"),
        )
    };
    (0..communes.len() * HAMLETS).map(hamlet).collect()
}

fn tell(device: &Device, kind: &str, unit: &str, at: usize) {
    let (able, people) = ((100 + at % 97).to_string(), (10_000 + at).to_string());
    let fields = [
        ("target_group", "adult"),
        ("measure", "skilled"),
        ("numerator", &able),
        ("value", &people),
        ("as_of", "20/11/2025"),
        ("evidence_kind", "self_declared"),
        ("basis", "registered"),
        ("source", "Công an xã"),
    ];
    let form = RecordForm {
        kind: kind.into(),
        id: None,
        unit: unit.into(),
        fields: fields
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
    };
    let _: RecordSaveView = device.call("record.save", form).expect("a good figure");
}
