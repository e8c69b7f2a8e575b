package sqldb

import (
	"os"
	"syscall"
)

// queue tells a writer whether another process waits for the write lock of a
// SQLite file, which SQLite itself cannot say: whoever waits shares a lock on a
// file beside the database, and who could have that lock alone knows that
// nobody does. The lock goes with the process that holds it.
type queue struct{ file *os.File } // none if it may not be opened

// openQueue opens the queue. It is no more than a courtesy: where the file may
// not be made (a database shared with another user) a queue seems never empty,
// and its writer pauses each time.
func openQueue(path string) *queue {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return &queue{}
	}
	return &queue{file}
}

// enter says that this process waits, unless another is just asking: then it is
// for the next try to say so.
func (q *queue) enter() { _ = q.flock(syscall.LOCK_SH | syscall.LOCK_NB) }

// leave says that this process waits no more.
func (q *queue) leave() { _ = q.flock(syscall.LOCK_UN) }

// empty reports whether nobody waits. What cannot be told counts as somebody.
func (q *queue) empty() bool {
	if q.flock(syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	q.leave()
	return true
}

func (q *queue) flock(how int) error {
	if q.file == nil {
		return os.ErrInvalid
	}
	return syscall.Flock(int(q.file.Fd()), how)
}

func (q *queue) close() error {
	if q.file == nil {
		return nil
	}
	return q.file.Close()
}
