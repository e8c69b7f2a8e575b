package openapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"rollcall/fault"
)

type (
	document struct {
		Version string   `json:"openapi"`
		Info    info     `json:"info"`
		Servers []server `json:"servers"`
		Tags    []Tag    `json:"tags"`
		// Paths are operations by path and by method, in lower case.
		Paths      map[string]map[string]operation `json:"paths"`
		Components components                      `json:"components"`
	}
	info struct {
		Title   string   `json:"title"`
		Says    string   `json:"description,omitempty"`
		License *license `json:"license,omitempty"`
		Version string   `json:"version"`
	}
	license struct {
		Name       string `json:"name"`
		Identifier string `json:"identifier"`
	}
	server struct {
		URL string `json:"url"`
	}
	components struct {
		Schemas shapes            `json:"schemas"`
		Answers map[string]answer `json:"responses"`
		Schemes map[string]Scheme `json:"securitySchemes"`
	}
	operation struct {
		ID         string                `json:"operationId"`
		Tags       []string              `json:"tags"`
		Summary    string                `json:"summary"`
		Says       string                `json:"description,omitempty"`
		Parameters []Parameter           `json:"parameters,omitempty"`
		Body       *body                 `json:"requestBody,omitempty"`
		Answers    map[string]answer     `json:"responses"`
		Who        []map[string][]string `json:"security"`
	}
	body struct {
		Required bool             `json:"required,omitempty"`
		Content  map[string]media `json:"content"`
		all      []Content
	}
	answer struct {
		Ref     string           `json:"$ref,omitempty"`
		Says    string           `json:"description,omitempty"`
		Content map[string]media `json:"content,omitempty"`
	}
	media struct {
		Schema   *Schema            `json:"schema,omitempty"`
		Examples map[string]example `json:"examples,omitempty"`
	}
	example struct {
		Value any `json:"value"`
	}
)

// Document writes everything as one JSON document, sorted, so that the same
// operations are the same bytes. It fails with fault.Internal where operations
// of one method and path have different IDs, or others the same.
func Document(w Whole) ([]byte, error) {
	d := document{
		Version: Version, Info: info{Title: w.Title, Says: w.Says, Version: w.Version}, Servers: []server{{w.Server}},
		Paths: map[string]map[string]operation{}, Components: components{shapes{}, map[string]answer{}, map[string]Scheme{}},
	}
	if w.License != "" {
		d.Info.License = &license{w.License, w.License}
	}
	for _, p := range w.Parts {
		d.Tags = append(d.Tags, p.Tag)
		maps.Copy(d.Components.Schemes, p.Schemes)
		if err := d.describe(p); err != nil {
			return nil, err
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(d); err != nil {
		return nil, fault.New(fault.Internal, "write OpenAPI document", "", err)
	}
	return out.Bytes(), nil
}

// place is a method and a path.
type place struct{ path, method string }

func (d *document) describe(part Part) error {
	same, at := map[place][]Operation{}, map[string]place{}
	for _, o := range part.Operations {
		p := place{o.Path, strings.ToLower(o.Method)}
		before, known := at[o.ID]
		if known && before != p || len(same[p]) > 0 && same[p][0].ID != o.ID {
			return fault.Text(fault.Internal, "describe operation", o.ID, "an id names one method and path")
		}
		at[o.ID] = p
		same[p] = append(same[p], o)
	}
	for _, p := range slices.SortedFunc(maps.Keys(same), func(a, b place) int { return strings.Compare(a.path+a.method, b.path+b.method) }) {
		variants := same[p]
		if d.Paths[p.path] == nil {
			d.Paths[p.path] = map[string]operation{}
		}
		if _, taken := d.Paths[p.path][p.method]; taken {
			return fault.Text(fault.Internal, "describe operation", variants[0].ID, "two doors have it")
		}
		d.Paths[p.path][p.method] = d.merge(part.Tag.Name, variants)
	}
	return nil
}
