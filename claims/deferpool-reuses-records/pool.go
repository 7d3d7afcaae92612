// Command pool registers defers in rounds and counts what each round allocates, and how often the collector runs
// meanwhile, compared with the same amount of memory allocated anew.
//
// N is the number of defers in a round. HOLD=1 lets no round end before the next one has begun, so that no record is
// ever given back.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

const registrations = 400000

var (
	stats  runtime.MemStats
	sink   []byte
	rounds []counted
)

type counted struct{ mallocs, bytes uint64 }

func nothing() {}

func now() counted {
	runtime.ReadMemStats(&stats)
	return counted{stats.Mallocs, stats.TotalAlloc}
}

// round has n deferred calls pending, and runs `inside` before it returns.
//
//go:noinline
func round(n int, inside func()) {
	begin := now()
	for i := 0; i < n; i++ {
		defer nothing()
	}
	end := now()
	rounds = append(rounds, counted{end.mallocs - begin.mallocs, end.bytes - begin.bytes})
	if inside != nil {
		inside()
	}
}

// series registers in ever new rounds.
func series(n, left int, hold bool) {
	if hold {
		var inside func()
		if left > n {
			inside = func() { series(n, left-n, hold) }
		}
		round(n, inside)
		return
	}
	for ; left > 0; left -= n {
		round(n, nil)
	}
}

// collections is how often the collector runs while f does.
func collections(f func()) uint32 {
	runtime.GC()
	runtime.ReadMemStats(&stats)
	begin := stats.NumGC
	f()
	runtime.ReadMemStats(&stats)
	return stats.NumGC - begin
}

func main() {
	n, err := strconv.Atoi(os.Getenv("N"))
	if err != nil {
		panic(err)
	}
	hold := os.Getenv("HOLD") != ""
	runtime.GOMAXPROCS(1)
	// What the pool holds from the runtime's own start is put to use, so that it is empty.
	for i := 0; i < 64; i++ {
		defer nothing()
	}
	rounds = make([]counted, 0, 64)
	debug.SetGCPercent(-1)
	series(n, 21*n, hold)
	first := rounds[0]
	var later counted
	for _, r := range rounds[1:] {
		later.mallocs += r.mallocs
		later.bytes += r.bytes
	}
	count := float64(n * (len(rounds) - 1))
	// A collection may take the pool's records.
	runtime.GC()
	rounds = rounds[:0]
	round(n, nil)
	collected := rounds[0]

	debug.SetGCPercent(100)
	runtime.GC()
	size := int(first.bytes) / n
	with := collections(func() {
		for left := registrations; left > 0; left -= n {
			quiet(n)
		}
	})
	without := collections(func() {
		for i := 0; i < registrations; i++ {
			sink = make([]byte, size)
		}
	})
	report := func(metric string, value float64, unit string) {
		fmt.Printf("{\"metric\": %q, \"value\": %.4g, \"unit\": %q}\n", metric, value, unit)
	}
	report("first_round", float64(first.mallocs)/float64(n), "")
	report("later_rounds", float64(later.mallocs)/count, "")
	report("later_bytes", float64(later.bytes)/count, "B")
	report("record_size", float64(first.bytes)/float64(n), "B")
	report("after_collection", float64(collected.mallocs)/float64(n), "")
	report("collections_with_pool", float64(with), "")
	report("collections_without", float64(without), "")
}

// quiet is a round that nobody counts: counting stops the world.
//
//go:noinline
func quiet(n int) {
	for i := 0; i < n; i++ {
		defer nothing()
	}
}
