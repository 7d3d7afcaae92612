// Command calls holds a function for each way of deferring, whose machine code is looked at. It runs FUNCTION and says how many
// calls that registered: those that run after everything else in it.
package main

import (
	"fmt"
	"log"
	"os"
)

var before int

//go:noinline
func look() { before = ran }

func main() {
	if run(os.Getenv("FUNCTION")) < 0 {
		log.Fatal("no such FUNCTION")
	}
	fmt.Printf("{\"metric\": \"registered\", \"value\": %d}\n", ran-before)
}
