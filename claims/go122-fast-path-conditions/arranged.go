// Command conditions, in this file, is the control: which function calls the runtime is arranged as the source has it.
// The kinds that should are put in a loop, which makes the compiler do so in every release; the others are not.
package main

import "fmt"

var (
	total int
	kept  *int
)

//go:noinline
func tick() { total++ }

//go:noinline
func note(x int) { total += x }

//go:noinline
func note2(x, y int) { total += x - y }

//go:noinline
func keep(p *int) { kept = p }

//go:noinline
func light(x int) {
	defer note(x)
	tick()
}

//go:noinline
func closure(n int) {
	for x := 0; x < n; x++ {
		y := x
		defer func() { note(y) }()
	}
}

//go:noinline
func noArgument() {
	for x := 0; x < total; x++ {
		defer tick()
	}
}

//go:noinline
func twoArguments(x, y int) {
	for ; x < y; x++ {
		defer note2(x, y)
	}
}

//go:noinline
func escaping(n int) {
	for x := 0; x < n; x++ {
		y := x
		defer keep(&y)
	}
}

//go:noinline
func looped(x int) {
	defer note(x)
	tick()
}

//go:noinline
func nine(x int) {
	defer note(x)
	tick()
}

//go:noinline
func returns(x int) int {
	defer note(x)
	return total
}

func main() {
	light(1)
	closure(2)
	noArgument()
	twoArguments(3, 4)
	escaping(5)
	looped(6)
	nine(7)
	fmt.Println(returns(8), total, *kept)
}
