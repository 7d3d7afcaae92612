// Command s43_light holds functions whose machine code is looked at. They call the same things; what differs is the defer.
package main

import "fmt"

var total int

//go:noinline
func note(x int) { total += x }

//go:noinline
func tick() { total++ }

// base is what the others have in common.
//
//go:noinline
func base(x int) { tick() }

// light has one defer as light as the source asks for: a named function, one argument, nothing that escapes.
//
//go:noinline
func light(x int) {
	defer note(x)
	tick()
}

// bare defers a function that takes no argument.
//
//go:noinline
func bare(x int) {
	defer tick()
	tick()
}

// twice does more and needs no room for it.
//
//go:noinline
func twice(x int) {
	tick()
	tick()
}

// plain calls in the same order and defers nothing.
//
//go:noinline
func plain(x int) {
	tick()
	note(x)
}

// looped defers in a loop.
//
//go:noinline
func looped(n int) {
	for i := 0; i < n; i++ {
		defer note(i)
	}
	tick()
}

func main() {
	base(1)
	light(2)
	bare(3)
	plain(4)
	twice(6)
	looped(5)
	fmt.Println(total)
}
