// Command plain imports nothing that could need C.
package main

import "os"

func main() {
	os.Stdout.WriteString("ready\n")
}
