// Package mentioned holds a record that has the source's fields in a comment only.
package mentioned

type _defer struct {
	// siz  int32
	// fn   uintptr
	// sp   uintptr
	// pc   uintptr
	// link *_defer
	size     int64
	function uintptr
	next     *_defer
}

var _ _defer
