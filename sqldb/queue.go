package sqldb

import (
	"os"
	"syscall"
)

// queue tells a writer whether another process waits for the write lock of a
// SQLite file, which SQLite itself cannot say: whoever waits shares a lock on
// the file beside the database, and who could have that lock alone knows that
// nobody does. The lock goes with the process that holds it.
type queue struct{ file *os.File }

func openQueue(path string) (*queue, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return &queue{file}, nil
}

// enter says that this process waits, unless another is just asking or brings
// tables up to date: then it is for the next try to say so.
func (q *queue) enter() { _ = syscall.Flock(int(q.file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB) }

// leave says that this process waits no more.
func (q *queue) leave() { _ = syscall.Flock(int(q.file.Fd()), syscall.LOCK_UN) }

// empty reports whether nobody waits. What cannot be told counts as somebody.
func (q *queue) empty() bool {
	if syscall.Flock(int(q.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return false
	}
	q.leave()
	return true
}

func (q *queue) close() error { return q.file.Close() }
