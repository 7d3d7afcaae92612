// Command conditions holds one function for each kind of defer that the source sorts. Their machine code is looked at.
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

// light fulfils the three conditions: no closure, one argument, nothing escapes.
//
//go:noinline
func light(x int) {
	defer note(x)
	tick()
}

// closure breaks the first: it defers a function literal that captures a variable.
//
//go:noinline
func closure(x int) {
	defer func() { note(x) }()
	tick()
}

// noArgument breaks the second.
//
//go:noinline
func noArgument() {
	defer tick()
	tick()
}

// twoArguments breaks the second.
//
//go:noinline
func twoArguments(x, y int) {
	defer note2(x, y)
	tick()
}

// escaping breaks the third: its argument escapes to the heap.
//
//go:noinline
func escaping(x int) {
	defer keep(&x)
	tick()
}

// looped fulfils all three, in a loop.
//
//go:noinline
func looped(n int) {
	for i := 0; i < n; i++ {
		defer note(i)
	}
	tick()
}

// nine fulfils all three nine times over.
//
//go:noinline
func nine(x int) {
	defer note(x)
	defer note(x)
	defer note(x)
	defer note(x)
	defer note(x)
	defer note(x)
	defer note(x)
	defer note(x)
	defer note(x)
	tick()
}

// returns fulfils all three, and has sixteen ways out.
//
//go:noinline
func returns(x int) int {
	defer note(x)
	switch x {
	case 0:
		return total
	case 1:
		return total + 3
	case 2:
		return total + 5
	case 3:
		return total + 7
	case 4:
		return total + 11
	case 5:
		return total + 13
	case 6:
		return total + 17
	case 7:
		return total + 19
	case 8:
		return total + 23
	case 9:
		return total + 29
	case 10:
		return total + 31
	case 11:
		return total + 37
	case 12:
		return total + 41
	case 13:
		return total + 43
	case 14:
		return total + 47
	}
	return total + 53
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
