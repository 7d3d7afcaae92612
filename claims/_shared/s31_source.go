package main

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"runtime"
	"strings"
)

// runtimeFiles parses the runtime package of this toolchain: the files that are compiled on this platform,
// without the tests.
func runtimeFiles() ([]*ast.File, error) {
	folder := filepath.Join(runtime.GOROOT(), "src", "runtime")
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") {
			continue
		}
		if here, err := build.Default.MatchFile(folder, base); err != nil || !here {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// functionName is Name for a function and Type.Name for a method, whether or not its receiver is a pointer.
func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	receiver := f.Recv.List[0].Type
	if star, ok := receiver.(*ast.StarExpr); ok {
		receiver = star.X
	}
	if name, ok := receiver.(*ast.Ident); ok {
		return name.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

// functionsOf returns the functions and methods that the files declare, by functionName.
func functionsOf(files []*ast.File) map[string]*ast.FuncDecl {
	functions := map[string]*ast.FuncDecl{}
	for _, file := range files {
		for _, declared := range file.Decls {
			if f, ok := declared.(*ast.FuncDecl); ok {
				functions[functionName(f)] = f
			}
		}
	}
	return functions
}

// fieldOf returns the type of a field of a structure that the files declare, or nil.
func fieldOf(files []*ast.File, structure, field string) ast.Expr {
	var found ast.Expr
	for _, file := range files {
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.TypeSpec)
			if !ok || spec.Name.Name != structure {
				return true
			}
			body, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, line := range body.Fields.List {
				for _, name := range line.Names {
					if name.Name == field {
						found = line.Type
					}
				}
			}
			return false
		})
	}
	return found
}
