package sqldb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"rollcall/fault"
)

// prepareFile makes an empty file, for its owner's eyes only, if there is none
// yet, and says clearly what is wrong with the path. SQLite gives its log and
// index the permissions of the file itself.
func prepareFile(at place) error {
	folder := filepath.Dir(at.path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Text(fault.NotFound, openOp, at.name, fmt.Sprintf("the folder %s does not exist: create it", folder))
	case errors.Is(err, fs.ErrPermission):
		return deniedFile(at, "the folder "+folder+" may not be entered")
	case err != nil:
		return fault.New(fault.Invalid, openOp, at.name, err)
	case !info.IsDir():
		return fault.Text(fault.Invalid, openOp, at.name, folder+" is not a folder")
	}
	if info, err := os.Stat(at.path); err == nil && !info.Mode().IsRegular() {
		return fault.Text(fault.Invalid, openOp, at.name, "is a folder or a device, not a file: name a file in it")
	}
	file, err := os.OpenFile(at.path, os.O_RDWR|os.O_CREATE, 0o600)
	switch {
	case errors.Is(err, fs.ErrPermission):
		return deniedFile(at, "the file may not be read and written")
	case err != nil:
		return fault.New(fault.Unavailable, openOp, at.name, err)
	}
	return file.Close()
}

func deniedFile(at place, what string) error {
	return fault.Text(fault.Denied, openOp, at.name, what+
		" by this user: give it read and write permission on the file and its folder (SQLite writes beside the file), or name another place")
}

// sqliteOpenFault says what an error means for somebody who opens a file.
func sqliteOpenFault(at place, err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_NOTADB:
			return fault.Text(fault.Invalid, openOp, at.name, "the file is not a SQLite database: name another file, or move this one away")
		case sqlite3.SQLITE_CORRUPT:
			return fault.Text(fault.Invalid, openOp, at.name, "the file is damaged: restore it from a backup")
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
			return deniedFile(at, "the file or its folder may not be written")
		}
	}
	return Fault(openOp, at.name, err)
}
