package config

import (
	"path/filepath"
	"slices"
	"strings"

	"rollcall/directory"
	"rollcall/fault"
)

// Files lists the files that a source is read from, in order and each once.
// Patterns are looked up, relative paths are taken from the configuration's
// folder. A pattern that nothing matches is fault.Incomplete: a source without
// its file is not an empty source.
func (c *Config) Files(s Source) ([]string, error) {
	patterns := s.Paths
	if s.Path != "" {
		patterns = Strings{s.Path}
	}
	var files []string
	for _, p := range patterns {
		if !filepath.IsAbs(p) {
			p = filepath.Join(c.Folder, p)
		}
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
