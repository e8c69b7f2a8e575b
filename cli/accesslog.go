package cli

import (
	"io"
	"os"

	"rollcall/fault"
)

// accessLog is where a server writes a line for each request; the zero value
// keeps none.
type accessLog struct {
	io.Writer
	file *os.File
}

// openAccessLog opens the file for its owner alone, and adds to what it has.
func (o serve) openAccessLog() (accessLog, error) {
	if o.accessLog == "" {
		return accessLog{}, nil
	}
	file, err := os.OpenFile(o.accessLog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return accessLog{}, fault.New(fault.Denied, "open access log", o.accessLog, err)
	}
	return accessLog{file, file}, nil
}

// Close closes the file, once no request is answered any more.
func (l accessLog) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
