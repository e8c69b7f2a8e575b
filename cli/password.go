package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"rollcall/caller"
)

// newPassword asks for a new password twice at a terminal; elsewhere it is the
// first line of stdin. It never comes from the command line, which others can
// see.
func (a *app) newPassword(prompt string) (string, error) {
	in, ok := a.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return firstLine(a.in)
	}
	first, err := a.askHidden(in, prompt)
	if err != nil {
		return "", err
	}
	second, err := a.askHidden(in, "The same again")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", usage("the two are not the same; nothing was changed")
	}
	return first, nil
}

func (a *app) askHidden(in *os.File, prompt string) (string, error) {
	fmt.Fprint(a.err, prompt+": ")
	text, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(a.err)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return notEmpty(string(text))
}

func firstLine(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, caller.MaxPassword*4+2)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read password: %w", err)
	}
	return notEmpty(strings.TrimRight(line, "\r\n"))
}

func notEmpty(password string) (string, error) {
	if password == "" {
		return "", usage("there is no password: type one at the prompt, or give it on the first line of stdin")
	}
	return password, nil
}
