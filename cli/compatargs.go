package cli

import (
	"fmt"
	"slices"
	"strings"
)

// operationsProgram is what the script calls itself in its help and errors.
const operationsProgram = "identitystore_operations.py"

// need says whether a flag must be given.
type need int

// What the script needs. A flag that is forgiven counts as required, and is
// named with the others that are missing, but is no error by itself.
const (
	required need = iota
	forgiven
	optional
)

// scriptFlag is one flag of a script's sub-command; each takes a value.
type scriptFlag struct {
	name string // without the dashes
	need need
	help string
}

// scriptCommand is one sub-command of a script, as Python's argparse describes
// it.
type scriptCommand struct {
	name  string
	flags []scriptFlag
}

// extraFlags are ours, and understood by every sub-command when they are
// spelled out: no prefix that the script takes may come to mean something else.
// The help does not show them; that of rollcall compat does.
var extraFlags = map[string]bool{ // whether it takes a value
	"email": true, "output": true, "region": true, "profile": true, "endpoint-url": true, "state": true,
	"dry-run": false, "force": false, "no-header": false,
}

// scriptCall is a command line that was understood.
type scriptCall struct {
	command string
	values  map[string]string // by flag; those without a value have "true"
}

func (c scriptCall) is(flag string) bool { return c.values[flag] != "" }

// scriptStop ends a script before it does anything: help that was asked for, on
// stdout with exit status 0, or a usage error, on stderr with 2.
type scriptStop struct {
	text  string
	asked bool
}

func (s *scriptStop) Error() string { return s.text }

// longDash is how word processors, and the script's own README, write the
// dashes of a flag.
var longDash = strings.NewReplacer("—", "-", "–", "-", "−", "-")

// parseScript reads argv as argparse does: flags may be cut to any prefix that
// only one has, and take their value after a space or an equals sign.
func parseScript(commands []scriptCommand, argv []string) (scriptCall, error) {
	if len(argv) == 0 {
		return scriptCall{}, &scriptStop{text: scriptHelp(commands)}
	}
	for i, arg := range argv {
		arg = dashed(arg)
		if isHelp(arg) {
			return scriptCall{}, &scriptStop{text: scriptHelp(commands), asked: true}
		}
		if strings.HasPrefix(arg, "-") {
			continue
		}
		at := slices.IndexFunc(commands, func(c scriptCommand) bool { return c.name == arg })
		if at < 0 {
			return scriptCall{}, scriptError(commands, fmt.Sprintf("argument {%s}: invalid choice: '%s' (choose from '%s')",
				strings.Join(commandNames(commands), ","), arg, strings.Join(commandNames(commands), "', '")))
		}
		return commands[at].parse(commands, argv[:i], argv[i+1:])
	}
	return scriptCall{}, scriptError(commands, "unrecognized arguments: "+strings.Join(argv, " "))
}

// dashed turns the long dashes before a flag into the ones that were meant.
func dashed(arg string) string {
	short := longDash.Replace(arg)
	switch {
	case short == arg || !strings.HasPrefix(short, "-"):
		return arg
	case short != "-h" && !strings.HasPrefix(short, "--"):
		return "-" + short // one long dash for two
	}
	return short
}

func isHelp(arg string) bool {
	return arg == "-h" || len(arg) > 2 && strings.HasPrefix("--help", arg)
}

// parse reads what follows the sub-command; strange is what nobody understood
// before it.
func (c scriptCommand) parse(all []scriptCommand, strange, argv []string) (scriptCall, error) {
	call := scriptCall{c.name, map[string]string{}}
	strange = slices.Clone(strange)
	for i := 0; i < len(argv); i++ {
		arg := dashed(argv[i])
		switch {
		case isHelp(arg):
			return call, &scriptStop{text: c.help(), asked: true}
		case !strings.HasPrefix(arg, "--"):
			strange = append(strange, arg)
			continue
		}
		typed, value, given := strings.Cut(arg[2:], "=")
		name, valued, err := c.flag(typed)
		if err != nil {
			return call, err
		}
		switch {
		case name == "":
			strange = append(strange, arg)
		case !valued && given:
			return call, c.error("argument --" + name + ": ignored explicit argument '" + value + "'")
		case !valued:
			call.values[name] = "true"
		case given:
			call.values[name] = value
		case i+1 < len(argv) && !looksLikeFlag(argv[i+1]):
			i++
			call.values[name] = argv[i]
		default:
			return call, c.error("argument --" + name + ": expected one argument")
		}
	}
	if missing := c.missing(call); len(missing) > 0 {
		return call, c.error("the following arguments are required: " + strings.Join(missing, ", "))
	}
	if len(strange) > 0 {
		return call, scriptError(all, "unrecognized arguments: "+strings.Join(strange, " "))
	}
	return call, nil
}

// flag finds the flag that was typed: an empty name if there is none.
func (c scriptCommand) flag(typed string) (name string, valued bool, err error) {
	var could []string
	for _, f := range c.flags {
		if f.name == typed {
			return typed, true, nil
		}
		if strings.HasPrefix(f.name, typed) {
			could = append(could, f.name)
		}
	}
	if valued, ours := extraFlags[typed]; ours {
		return typed, valued, nil
	}
	switch len(could) {
	case 0:
		return "", false, nil
	case 1:
		return could[0], true, nil
	}
	return "", false, c.error("ambiguous option: --" + typed + " could match --" + strings.Join(could, ", --"))
}

// looksLikeFlag is argparse's view of a word that stands where a value is
// wanted: a negative number and anything with a space in it is one.
func looksLikeFlag(word string) bool {
	word = dashed(word)
	return len(word) > 1 && word[0] == '-' && !strings.Contains(word, " ") && strings.Trim(word[1:], "0123456789.") != ""
}

func (c scriptCommand) missing(call scriptCall) []string {
	var flags []string
	wrong := false
	for _, f := range c.flags {
		if _, given := call.values[f.name]; f.need != optional && !given {
			flags = append(flags, "--"+f.name)
			wrong = wrong || f.need == required
		}
	}
	if !wrong {
		return nil
	}
	return flags
}

func commandNames(commands []scriptCommand) (names []string) {
	for _, c := range commands {
		names = append(names, c.name)
	}
	return names
}

func scriptError(commands []scriptCommand, what string) error {
	return &scriptStop{text: scriptUsage(commands) + operationsProgram + ": error: " + what + "\n"}
}

func (c scriptCommand) error(what string) error {
	return &scriptStop{text: c.usage() + operationsProgram + " " + c.name + ": error: " + what + "\n"}
}

func scriptUsage(commands []scriptCommand) string {
	return wrapUsage(operationsProgram, []string{"[-h]"}, []string{"{" + strings.Join(commandNames(commands), ",") + "}", "..."})
}

func scriptHelp(commands []scriptCommand) string {
	return scriptUsage(commands) + "\npositional arguments:\n  {" + strings.Join(commandNames(commands), ",") + "}\n\n" +
		"options:\n  -h, --help            show this help message and exit\n"
}

func (f scriptFlag) usage() string { return "--" + f.name + " " + strings.ToUpper(f.name) }

func (c scriptCommand) usage() string {
	flags := []string{"[-h]"}
	for _, f := range c.flags {
		if f.need != optional {
			flags = append(flags, f.usage())
		} else {
			flags = append(flags, "["+f.usage()+"]")
		}
	}
	return wrapUsage(operationsProgram+" "+c.name, flags, nil)
}

func (c scriptCommand) help() string {
	var out strings.Builder
	out.WriteString(c.usage() + "\noptions:\n  -h, --help            show this help message and exit\n")
	for _, f := range c.flags {
		begin := "  " + f.usage()
		if len(begin)+2 > helpIndent {
			out.WriteString(begin + "\n")
			begin = ""
		}
		for _, line := range fill(strings.Fields(f.help), usageWidth-helpIndent) {
			fmt.Fprintf(&out, "%-*s%s\n", helpIndent, begin, line)
			begin = ""
		}
	}
	return out.String()
}

const (
	usageWidth = 78 // of a terminal with 80 columns
	helpIndent = 24
)

// wrapUsage writes a usage line, and breaks one that is too long between its
// parts, the flags first.
func wrapUsage(program string, flags, rest []string) string {
	head := "usage: " + program + " "
	all := slices.Concat(flags, rest)
	if line := head + strings.Join(all, " "); len(line) <= usageWidth {
		return line + "\n"
	}
	indent := strings.Repeat(" ", len(head))
	lines := fill(words(flags), usageWidth-len(indent))
	lines = append(lines, fill(rest, usageWidth-len(indent))...)
	return head + strings.Join(lines, "\n"+indent) + "\n"
}

// words takes flags that must be given apart from their values, as argparse
// does; what stands in brackets stays together.
func words(flags []string) (parts []string) {
	for _, f := range flags {
		if strings.HasPrefix(f, "[") {
			parts = append(parts, f)
		} else {
			parts = append(parts, strings.Fields(f)...)
		}
	}
	return parts
}

// fill puts words into lines of at most width, but at least one word a line.
func fill(words []string, width int) (lines []string) {
	line := ""
	for _, w := range words {
		switch {
		case line == "":
			line = w
		case len(line)+1+len(w) <= width:
			line += " " + w
		default:
			lines, line = append(lines, line), w
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
