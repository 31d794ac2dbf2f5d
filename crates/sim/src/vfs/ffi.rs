//! The shim itself: SQLite's file system calls, in C, over [`super::disk`].
//!
//! Registered once for this process and never taken away. Methods it does not replace are the system's own, which do not
//! look at the file system they are called for.
#![expect(unsafe_code, reason = "SQLite calls a file system through C function pointers")]

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::sync::{Mutex, OnceLock, PoisonError};

use rusqlite::ffi;

use super::ROOT;
use super::disk::{Handle, Refused, Shared, State, lock};

/// Disks by name.
static DISKS: Mutex<BTreeMap<String, Shared>> = Mutex::new(BTreeMap::new());
static REGISTERED: OnceLock<Registered> = OnceLock::new();

/// Address of the system's file system.
struct Registered(*mut ffi::sqlite3_vfs);
// SAFETY: SQLite's own file system objects live as long as the process and may be used from any thread.
unsafe impl Send for Registered {}
// SAFETY: as above; nothing here changes the object.
unsafe impl Sync for Registered {}

/// What SQLite keeps for an open file of ours. It allocates the space; `base` must come first.
#[repr(C)]
struct OpenFile {
    base: ffi::sqlite3_file,
    handle: *mut Handle,
}

pub(super) fn mount(name: &str, disk: Shared) {
    REGISTERED.get_or_init(register);
    let before = disks().insert(name.to_owned(), disk);
    assert!(before.is_none(), "two disks of one name");
}

pub(super) fn unmount(name: &str) {
    disks().remove(name);
}

fn disks() -> std::sync::MutexGuard<'static, BTreeMap<String, Shared>> {
    DISKS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn register() -> Registered {
    // SAFETY: both calls are allowed at any time; SQLite starts itself up. What is registered is leaked, so it lives on.
    unsafe {
        assert_eq!(ffi::sqlite3_initialize(), ffi::SQLITE_OK, "SQLite starts");
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        assert!(!system.is_null(), "the system has a file system");
        let ours = ffi::sqlite3_vfs {
            szOsFile: (*system).szOsFile.max(size_of::<OpenFile>() as c_int),
            pNext: std::ptr::null_mut(),
            zName: c"hocvu-sim".as_ptr(),
            xOpen: Some(open),
            xDelete: Some(delete),
            xAccess: Some(access),
            xFullPathname: Some(full_path),
            ..*system
        };
        let code = ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1);
        assert_eq!(code, ffi::SQLITE_OK, "the file system is taken");
        Registered(system)
    }
}

fn system() -> *mut ffi::sqlite3_vfs {
    REGISTERED.get().map_or(std::ptr::null_mut(), |registered| registered.0)
}

/// The disk and file a path names, if it is one of ours.
///
/// # Safety
/// `path` is null or a C string.
unsafe fn ours(path: *const c_char) -> Option<(Option<Shared>, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let path = unsafe { CStr::from_ptr(path) }.to_str().ok()?;
    let (disk, file) = path.strip_prefix(ROOT)?.split_once('/')?;
    Some((disks().get(disk).cloned(), file.to_owned()))
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite hands over a C string or null, and space for `szOsFile` bytes, which is enough for an `OpenFile`.
    unsafe {
        let Some((disk, name)) = ours(path) else {
            let Some(open) = (*system()).xOpen else {
                return ffi::SQLITE_CANTOPEN;
            };
            return open(system(), path, file, flags, out_flags);
        };
        (*file).pMethods = std::ptr::null();
        let Some(disk) = disk else {
            return ffi::SQLITE_CANTOPEN;
        };
        match State::open(&disk, &name, flags & ffi::SQLITE_OPEN_CREATE != 0) {
            Ok(handle) => {
                let file = file.cast::<OpenFile>();
                (*file).handle = Box::into_raw(Box::new(handle));
                (*file).base.pMethods = &METHODS;
                if !out_flags.is_null() {
                    *out_flags = flags;
                }
                ffi::SQLITE_OK
            }
            Err(_) => ffi::SQLITE_CANTOPEN,
        }
    }
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: SQLite hands over a C string.
    unsafe {
        match ours(path) {
            Some((Some(disk), name)) => match lock(&disk).delete(&name, sync_folder != 0) {
                Err(Refused::Absent) => ffi::SQLITE_IOERR_DELETE_NOENT,
                done => code(done, ffi::SQLITE_IOERR_DELETE),
            },
            Some((None, _)) => ffi::SQLITE_IOERR_DELETE,
            None => (*system())
                .xDelete
                .map_or(ffi::SQLITE_IOERR_DELETE, |delete| delete(system(), path, sync_folder)),
        }
    }
}

unsafe extern "C" fn access(_: *mut ffi::sqlite3_vfs, path: *const c_char, flags: c_int, result: *mut c_int) -> c_int {
    // SAFETY: SQLite hands over a C string and an address to write to.
    unsafe {
        match ours(path) {
            Some((disk, name)) => {
                *result = c_int::from(disk.is_some_and(|disk| lock(&disk).exists(&name)));
                ffi::SQLITE_OK
            }
            None => (*system())
                .xAccess
                .map_or(ffi::SQLITE_IOERR_ACCESS, |access| access(system(), path, flags, result)),
        }
    }
}

unsafe extern "C" fn full_path(_: *mut ffi::sqlite3_vfs, path: *const c_char, room: c_int, out: *mut c_char) -> c_int {
    // SAFETY: SQLite hands over a C string and `room` bytes to write to.
    unsafe {
        if ours(path).is_none() {
            return (*system())
                .xFullPathname
                .map_or(ffi::SQLITE_CANTOPEN, |full| full(system(), path, room, out));
        }
        let bytes = CStr::from_ptr(path).to_bytes_with_nul();
        if bytes.len() > room as usize {
            return ffi::SQLITE_CANTOPEN;
        }
        std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), out, bytes.len());
        ffi::SQLITE_OK
    }
}

static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(size),
    xLock: Some(raise),
    xUnlock: Some(lower),
    xCheckReservedLock: Some(reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};

fn code<T>(done: Result<T, Refused>, failed: c_int) -> c_int {
    match done {
        Ok(_) => ffi::SQLITE_OK,
        Err(Refused::Full) => ffi::SQLITE_FULL,
        Err(Refused::Busy) => ffi::SQLITE_BUSY,
        Err(Refused::Failed | Refused::Absent) => failed,
    }
}

/// # Safety
/// `file` was opened by [`open`] and not closed since; SQLite calls methods of such files only.
unsafe fn handle<'a>(file: *mut ffi::sqlite3_file) -> &'a Handle {
    // SAFETY: the caller's promise; the box lives until `close`.
    unsafe { &*(*file.cast::<OpenFile>()).handle }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: see `handle`; SQLite closes once, and the box was made by `open`.
    unsafe {
        handle(file).close();
        drop(Box::from_raw((*file.cast::<OpenFile>()).handle));
    }
    ffi::SQLITE_OK
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, out: *mut c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: see `handle`; `out` has room for `amount` bytes.
    unsafe {
        let buffer = std::slice::from_raw_parts_mut(out.cast::<u8>(), amount as usize);
        match handle(file).read(offset as usize, buffer) {
            Ok(there) if there == buffer.len() => ffi::SQLITE_OK,
            Ok(_) => ffi::SQLITE_IOERR_SHORT_READ,
            refused => code(refused, ffi::SQLITE_IOERR_READ),
        }
    }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, amount: c_int, offset: i64) -> c_int {
    // SAFETY: see `handle`; `from` has `amount` bytes.
    unsafe {
        let bytes = std::slice::from_raw_parts(from.cast::<u8>(), amount as usize);
        code(handle(file).write(offset as usize, bytes), ffi::SQLITE_IOERR_WRITE)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: i64) -> c_int {
    // SAFETY: see `handle`.
    code(
        unsafe { handle(file) }.truncate(length as usize),
        ffi::SQLITE_IOERR_TRUNCATE,
    )
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: see `handle`.
    code(unsafe { handle(file) }.sync(), ffi::SQLITE_IOERR_FSYNC)
}

unsafe extern "C" fn size(file: *mut ffi::sqlite3_file, out: *mut i64) -> c_int {
    // SAFETY: see `handle`; `out` may be written to.
    unsafe {
        let size = handle(file).size();
        if let Ok(size) = size {
            *out = size as i64;
        }
        code(size, ffi::SQLITE_IOERR_FSTAT)
    }
}

unsafe extern "C" fn raise(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see `handle`.
    code(unsafe { handle(file) }.lock(level), ffi::SQLITE_IOERR_LOCK)
}

unsafe extern "C" fn lower(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see `handle`.
    unsafe { handle(file) }.unlock(level);
    ffi::SQLITE_OK
}

unsafe extern "C" fn reserved(file: *mut ffi::sqlite3_file, out: *mut c_int) -> c_int {
    // SAFETY: see `handle`; `out` may be written to.
    unsafe {
        let reserved = handle(file).is_reserved();
        *out = c_int::from(reserved == Ok(true));
        code(reserved, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK)
    }
}

unsafe extern "C" fn control(_: *mut ffi::sqlite3_file, _: c_int, _: *mut c_void) -> c_int {
    ffi::SQLITE_NOTFOUND
}

unsafe extern "C" fn sector(_: *mut ffi::sqlite3_file) -> c_int {
    4096
}

/// As SQLite says of every Unix and Windows disk: what lies beside a torn write is safe.
unsafe extern "C" fn characteristics(_: *mut ffi::sqlite3_file) -> c_int {
    ffi::SQLITE_IOCAP_POWERSAFE_OVERWRITE
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    index: c_int,
    bytes: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: see `handle`; `out` may be written to, and SQLite uses the address only until `shm_unmap`.
    unsafe {
        let region = handle(file).region(index as usize, bytes as usize, extend != 0);
        *out = match region {
            Ok(Some(address)) => address.cast(),
            _ => std::ptr::null_mut(),
        };
        code(region, ffi::SQLITE_IOERR_SHMMAP)
    }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, first: c_int, count: c_int, flags: c_int) -> c_int {
    let slots = first as usize..(first + count) as usize;
    // SAFETY: see `handle`.
    let handle = unsafe { handle(file) };
    if flags & ffi::SQLITE_SHM_UNLOCK != 0 {
        handle.free_slots(slots);
        return ffi::SQLITE_OK;
    }
    let exclusive = flags & ffi::SQLITE_SHM_EXCLUSIVE != 0;
    code(handle.lock_slots(slots, exclusive), ffi::SQLITE_IOERR_SHMLOCK)
}

unsafe extern "C" fn shm_barrier(_: *mut ffi::sqlite3_file) {
    std::sync::atomic::fence(std::sync::atomic::Ordering::SeqCst);
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    // SAFETY: see `handle`.
    unsafe { handle(file) }.unmap();
    ffi::SQLITE_OK
}
