package config

import (
	"path/filepath"
	"slices"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
)

// Files lists the files that an LDIF source is read from, as [Config.Find]
// does.
func (c *Config) Files(s Source) ([]string, error) {
	if s.Path != "" {
		return c.Find(Strings{s.Path})
	}
	return c.Find(s.Paths)
}

// File is a file's path, where a relative one is taken from the
// configuration's folder; the empty path stays empty.
func (c *Config) File(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.Folder, path)
}

// Find lists the files that patterns mean, in order and each once. Relative
// ones are taken from the configuration's folder. A pattern that nothing
// matches is fault.Incomplete: a source without its file is not an empty
// source.
func (c *Config) Find(patterns Strings) ([]string, error) {
	var files []string
	for _, p := range patterns {
		p = c.File(p)
		if !strings.ContainsAny(p, "*?[\\") {
			files = append(files, p)
			continue
		}
		found, err := filepath.Glob(p)
		if err != nil {
			return nil, fault.New(fault.Invalid, "find source files", p, err)
		}
		if len(found) == 0 {
			return nil, fault.Text(fault.Incomplete, "find source files", p, "no file matches")
		}
		files = append(files, found...)
	}
	var once []string
	for _, f := range files {
		if !slices.Contains(once, f) {
			once = append(once, f)
		}
	}
	return once, nil
}

// CorrelateKeys returns the attributes to correlate by as directories name
// them.
func (s Sync) CorrelateKeys() []string {
	keys := make([]string, len(s.Correlate))
	for i, word := range s.Correlate {
		keys[i] = map[string]string{
			"userName": directory.KeyUserName, "email": directory.KeyEmail, "displayName": directory.KeyDisplayName,
		}[word]
	}
	return keys
}
