package openapi

import (
	"slices"
	"strings"
)

// chooser is the parameter that tells operations of one method and path apart;
// always says whether each of them has it.
func chooser(variants []Operation) (c Choice, always bool) {
	always = true
	for _, v := range variants {
		if v.Chosen.Value == "" || v.Chosen.In == InBody {
			always = false
			continue
		}
		c = v.Chosen
	}
	return c, always
}

// several says what operations there are.
func several(variants []Operation) (summary, says string) {
	var lines []string
	for _, v := range variants {
		what := "otherwise: "
		if v.Chosen.Name != "" {
			what = strings.TrimSpace("`"+v.Chosen.Name+"` "+v.Chosen.Value) + ": "
			summary = "One of several operations, told apart by " + v.Chosen.Name
		}
		lines = append(lines, "- "+what+v.Summary)
	}
	return summary, strings.Join(lines, "\n")
}

// parameters are those of all variants. What only some of them have is not
// required.
func parameters(variants []Operation) []Parameter {
	var all []Parameter
	by, always := chooser(variants)
	if by.Name != "" {
		choice := Parameter{In: by.In, Name: by.Name, Required: always, Schema: Words()}
		for _, v := range variants {
			if v.Chosen.Name == by.Name {
				choice.Schema.Enum = append(choice.Schema.Enum, v.Chosen.Value)
			}
		}
		all = append(all, choice)
	}
	for _, v := range variants {
		for _, p := range v.Parameters {
			if slices.ContainsFunc(all, func(q Parameter) bool { return q.In == p.In && q.Name == p.Name }) {
				continue
			}
			p.Required = p.In == InPath || p.Required && len(variants) == 1
			all = append(all, p)
		}
	}
	return all
}
