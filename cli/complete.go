package cli

import (
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"rollcall/config"
)

// completeSyncs offers the syncs for a first argument. A configuration that
// cannot be read offers nothing: completion has no place for errors.
func (a *app) completeSyncs(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.fromConfig(len(args) == 0, func(c *config.Config) []string { return slices.Sorted(maps.Keys(c.Syncs)) })
}

// completeDirectories offers the directories for a first argument.
func (a *app) completeDirectories(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return a.fromConfig(len(args) == 0, func(c *config.Config) []string { return slices.Sorted(maps.Keys(c.Directories)) })
}

func (a *app) fromConfig(wanted bool, names func(*config.Config) []string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if c, err := a.loadConfig(); wanted && err == nil {
		return names(c), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// completeFlags offers values for the global flags.
func (a *app) completeFlags(root *cobra.Command) error {
	err := root.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(outputs(), cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		return err
	}
	return root.RegisterFlagCompletionFunc("directory", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return a.fromConfig(true, func(c *config.Config) []string { return slices.Sorted(maps.Keys(c.Directories)) })
	})
}
