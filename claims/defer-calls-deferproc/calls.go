// Command calls holds a function for each way of deferring. Its machine code is looked at; it is not run.
package main

import "os"

//go:noinline
func look() {}

func main() {
	if run(os.Getenv("FUNCTION")) < 0 || ran == 0 {
		os.Exit(1)
	}
}
