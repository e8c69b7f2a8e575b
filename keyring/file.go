package keyring

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"rollcall/fault"
)

const (
	// fileFormat begins a key file; the seed follows in base64, and a newline.
	fileFormat = "rollcall-key/1 "
	fileMode   = 0o600
	// othersMode are the bits that let others than the owner in.
	othersMode = 0o077
	// maxFile bounds what is read of something that may not be a key file.
	maxFile = 4096
)

// Open reads the key file at path, or makes one (mode 0600) if there is none.
// Two processes that make it at once end up with the same key, and one killed
// meanwhile leaves none.
//
// It fails with fault.Denied if others than its owner may read or write the
// file, fault.Invalid if it is no key file, fault.NotFound if its folder does
// not exist.
func Open(path string) (*Keyring, error) {
	seed, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := create(path); err != nil {
			return nil, err
		}
		seed, err = read(path)
	}
	if err != nil {
		return nil, fileFault("read key file", path, err)
	}
	return derive(seed)
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	switch {
	case !info.Mode().IsRegular():
		return nil, fault.Text(fault.Invalid, "read key file", path, "not a regular file")
	case info.Mode().Perm()&othersMode != 0:
		return nil, fault.Text(fault.Denied, "read key file", path,
			fmt.Sprintf("others may use it (mode %04o); to mend that, type: chmod 600 %s", info.Mode().Perm(), path))
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, err
	}
	return parse(path, string(text))
}

func parse(path, text string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(text, fileFormat)
	encoded, whole := strings.CutSuffix(encoded, "\n")
	seed, err := base64.StdEncoding.DecodeString(encoded)
	if !ok || !whole || err != nil || len(seed) != seedBytes {
		return nil, fault.Text(fault.Invalid, "read key file", path,
			"not a key file, or a damaged one; bring it back from a backup (a new key would not open what this one sealed)")
	}
	return seed, nil
}

// create puts a new key at path, unless one has come there meanwhile. The file
// is written whole under another name first and then linked, which fails if
// the name is taken: nobody ever sees a part of it.
func create(path string) error {
	seed := make([]byte, seedBytes)
	if _, err := rand.Read(seed); err != nil {
		return fault.New(fault.Internal, "make key", "", err)
	}
	suffix := make([]byte, 8)
	if _, err := rand.Read(suffix); err != nil {
		return fault.New(fault.Internal, "make key", "", err)
	}
	draft := path + "." + hex.EncodeToString(suffix) + ".new"
	if err := write(draft, fileFormat+base64.StdEncoding.EncodeToString(seed)+"\n"); err != nil {
		return fileFault("make key file", path, err)
	}
	defer os.Remove(draft)
	if err := os.Link(draft, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fileFault("make key file", path, err)
	}
	return syncFolder(path)
}

func write(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes the new name itself durable: a key that sealed something
// and then vanished in a power cut would take that with it.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fileFault("make key file", path, err)
	}
	return fileFault("make key file", path, errors.Join(folder.Sync(), folder.Close()))
}

func fileFault(op, path string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	kind := fault.Unavailable
	switch {
	case errors.Is(err, fs.ErrNotExist):
		kind = fault.NotFound
	case errors.Is(err, fs.ErrPermission):
		kind = fault.Denied
	}
	return fault.New(kind, op, path, err)
}
