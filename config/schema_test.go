package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"
)

const schemaFile = "../docs/rollcall.schema.json"

func TestThePublishedSchemaIsCurrent(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the struct says; run UPDATE=1 go test ./config", schemaFile)
	}
}

func TestEveryKeyIsDescribed(t *testing.T) {
	var walk func(at path, typ reflect.Type)
	walk = func(at path, typ reflect.Type) {
		switch typ.Kind() {
		case reflect.Map:
			walk(at.with("NAME"), typ.Elem())
		case reflect.Struct:
			for _, f := range fieldsOf(typ) {
				if f.doc == "" {
					t.Errorf("%s has no description", at.with(f.name))
				}
				walk(at.with(f.name), f.typ)
			}
		}
	}
	walk(nil, reflect.TypeFor[Config]())
}

func TestTheSchemaKnowsEveryKeyOfTheExample(t *testing.T) {
	raw, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	var s struct{ Properties map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"state", "default_directory", "directories", "sources", "syncs"} {
		if s.Properties[key] == nil {
			t.Errorf("%s is missing", key)
		}
	}
}
