// Command own_c imports nothing of the standard library that could need C, but has a C function of its own.
package main

// static int ready(void) { return 1; }
import "C"

import "os"

func main() {
	if C.ready() == 1 {
		os.Stdout.WriteString("ready\n")
	}
}
