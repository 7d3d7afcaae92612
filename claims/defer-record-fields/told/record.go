// Package told holds the record as the source draws it.
package told

type _defer struct {
	siz  int32
	fn   uintptr
	sp   uintptr
	pc   uintptr
	link *_defer
}

var _ _defer
