use hocvu_store::{Carried, CarriedState as Stored, Export};
use hocvu_sync::bundle::{self, SecondPlace};

use crate::App;
use crate::command::Command;
use crate::contract::{
    CarriedState, NoInput, SecondPlaceInput, SecondPlaceView, UsbCarried, UsbExport, UsbReason, UsbView,
};
use crate::error::{Error, Result};

/// Rows of each list: the latest weeks of a busy office.
const ROWS: u32 = 200;

/// `usb.list`
pub struct List;

impl Command for List {
    const NAME: &'static str = "usb.list";
    type Input = NoInput;
    type Output = UsbView;

    fn run(app: &App, _: NoInput) -> Result<UsbView> {
        app.store()
            .read(|read| {
                Ok(UsbView {
                    unsent: read.tally()?.waiting,
                    ready: bundle::has_keys(read)?,
                    exports: read.exports(ROWS)?.into_iter().map(export).collect(),
                    carried: read.carried(ROWS)?.into_iter().map(carried).collect(),
                    second_place: place(bundle::second_place(read)?),
                })
            })
            .map_err(Error::from)
    }
}

/// `usb.second_place`
pub struct WriteSecondPlace;

impl Command for WriteSecondPlace {
    const NAME: &'static str = "usb.second_place";
    type Input = SecondPlaceInput;
    type Output = SecondPlaceView;

    fn run(app: &App, input: SecondPlaceInput) -> Result<SecondPlaceView> {
        if app.is_sample() {
            return Err(Error::NotEnrolled);
        }
        let store = app.store();
        let folder = input.folder.map(|folder| folder.trim().to_owned());
        let folder = folder.filter(|folder| !folder.is_empty());
        bundle::set_second_place(&store, folder.as_deref())?;
        app.with_engine(hocvu_sync::Engine::something_saved); // Looks at once whether a copy is due.
        app.announce(&["usb"]);
        Ok(place(store.read(bundle::second_place)?))
    }
}

fn export(stored: Export) -> UsbExport {
    let Export {
        id,
        name,
        at,
        reason,
        size,
        operations,
        receipt_at,
    } = stored;
    UsbExport {
        id: hex(id),
        name,
        at,
        operations,
        size,
        reason: if reason == "second_place" {
            UsbReason::SecondPlace
        } else {
            UsbReason::Asked
        },
        receipt_at,
    }
}

fn carried(stored: Carried) -> UsbCarried {
    let Carried {
        number: _,
        id,
        sha256: _,
        size,
        at,
        state,
    } = stored;
    let state = match state {
        Stored::Waiting => CarriedState::Waiting,
        Stored::Delivered => CarriedState::Delivered,
        Stored::ReceiptHere => CarriedState::ReceiptHere,
        Stored::Returned => CarriedState::Returned,
        Stored::Refused(problem) => CarriedState::Refused { problem },
    };
    UsbCarried {
        id: hex(id),
        size,
        at,
        state,
    }
}

fn place(place: SecondPlace) -> SecondPlaceView {
    let SecondPlace {
        folder,
        last_at,
        problem,
    } = place;
    SecondPlaceView {
        folder,
        last_at,
        problem,
    }
}

fn hex(id: [u8; 16]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
