// This file is part of programs that look at the ways in which a function defers a call. The calls deferred are all of
// work, and each function calls look when everything is registered and nothing has run.

package main

var ran int

//go:noinline
func work() { ran++ }

//go:noinline
func one() {
	defer work()
	look()
}

//go:noinline
func eight() {
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	look()
}

//go:noinline
func nine() {
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	defer work()
	look()
}

//go:noinline
func loop(n int) {
	for i := 0; i < n; i++ {
		defer work()
	}
	look()
}

// late does something before it defers.
//
//go:noinline
func late(n int) {
	work()
	for i := 0; i < n; i++ {
		defer work()
	}
	look()
}

//go:noinline
func eightLoops(n int) {
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	look()
}

//go:noinline
func nineLoops(n int) {
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	for i := 0; i < n; i++ {
		defer work()
	}
	look()
}

// conditional defers if it is told to.
//
//go:noinline
func conditional(told bool) {
	if told {
		defer work()
	}
	look()
}

// guarded defers in a loop, if it is told to.
//
//go:noinline
func guarded(n int, told bool) {
	if told {
		for i := 0; i < n; i++ {
			defer work()
		}
	}
	look()
}

// direct calls and does not defer.
//
//go:noinline
func direct() {
	work()
	look()
}

const rounds = 1000 // of the loop

// run calls the function of that name, and returns how many calls it defers. Unknown names give -1.
func run(name string) int {
	switch name {
	case "one":
		one()
		return 1
	case "eight":
		eight()
		return 8
	case "nine":
		nine()
		return 9
	case "loop":
		loop(rounds)
		return rounds
	case "late":
		late(rounds)
		return rounds
	case "eightLoops":
		eightLoops(1)
		return 8
	case "nineLoops":
		nineLoops(1)
		return 9
	case "conditional":
		conditional(true)
		return 1
	case "guarded":
		guarded(rounds, true)
		return rounds
	case "skipped":
		guarded(rounds, false)
		return 0
	case "direct":
		direct()
		return 0
	}
	return -1
}
