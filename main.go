// Command rollcall reconciles a source of truth into AWS IAM Identity Center.
package main

import (
	"os"

	"rollcall/cli"
)

func main() { os.Exit(cli.Main()) }
