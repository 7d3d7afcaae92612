// Command pool registers defers in rounds, N in each. It imports next to nothing, since it is built with a changed runtime as well.
//
// With MODE=reuse it counts what each round allocates; run it with GOGC=off. With MODE=collect it does work of its own between the
// rounds, which allocates as many objects as the round has records, and prints how often the collector runs; DIRECT=1 calls the
// functions and defers none.
package main

import (
	"runtime"
	"syscall"
)

const registrations = 2000000

var (
	stats runtime.MemStats
	own   *[6]uint64
	ran   int
)

//go:noinline
func nothing() { ran++ }

//go:noinline
func round(n int) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
}

// counted is a round, and how many objects and bytes are allocated until all of it is registered.
//
//go:noinline
func counted(n int) (objects, bytes uint64) {
	runtime.ReadMemStats(&stats)
	objects, bytes = stats.Mallocs, stats.TotalAlloc
	for i := 0; i < n; i++ {
		defer nothing()
	}
	runtime.ReadMemStats(&stats)
	return stats.Mallocs - objects, stats.TotalAlloc - bytes
}

func number(name string) (n int) {
	text, _ := syscall.Getenv(name)
	for _, digit := range text {
		n = 10*n + int(digit-'0')
	}
	return n
}

// report prints a quotient to a thousandth.
func report(metric string, of, over uint64, unit string) {
	thousandths := (1000*of + over/2) / over
	print(`{"metric": "`, metric, `", "value": `, thousandths/1000, ".")
	for digit := uint64(100); digit > 0; digit /= 10 {
		print(thousandths / digit % 10)
	}
	println(`, "unit": "` + unit + `"}`)
}

func reuse(n int) {
	// What the pool holds from the runtime's own start is put to use, so that it is empty.
	for i := 0; i < 64; i++ {
		defer nothing()
	}
	objects, bytes := counted(n)
	report("first_round", objects, uint64(n), "")
	report("record_size", bytes, uint64(n), "B")
	objects = 0
	for i := 0; i < 20; i++ {
		each, _ := counted(n)
		objects += each
	}
	report("later_rounds", objects, 20*uint64(n), "")
	runtime.GC()
	objects, _ = counted(n)
	report("after_collection", objects, uint64(n), "")
}

func collect(n int, direct bool) {
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before := stats.NumGC
	for left := registrations; left > 0; left -= n {
		if direct {
			for i := 0; i < n; i++ {
				nothing()
			}
		} else {
			round(n)
		}
		for i := 0; i < n; i++ {
			own = new([6]uint64)
		}
	}
	runtime.ReadMemStats(&stats)
	print(stats.NumGC-before, "\n")
}

func main() {
	runtime.GOMAXPROCS(1)
	if mode, _ := syscall.Getenv("MODE"); mode == "reuse" {
		reuse(number("N"))
	} else {
		collect(number("N"), number("DIRECT") != 0)
	}
}
