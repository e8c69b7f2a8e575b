package config

import (
	"path/filepath"
	"testing"
)

func TestTheShippedExampleIsRight(t *testing.T) {
	c, err := Load("../examples/rollcall.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.Files(c.Sources["corp"])
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || !filepath.IsAbs(files[0]) || filepath.Base(files[0]) != "day1.ldif" {
		t.Errorf("files %q", files)
	}
	if _, err := c.Syncs["corp"].Compile(nil); err != nil {
		t.Error(err)
	}
}
