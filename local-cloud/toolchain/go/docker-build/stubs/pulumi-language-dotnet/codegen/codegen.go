// Package codegen holds the one type of its namesake that the docker-build
// provider refers to. It matters only to whoever generates a .NET SDK.
package codegen

// CSharpPackageInfo is the schema's language section for .NET.
type CSharpPackageInfo struct {
	RespectSchemaVersion bool              `json:"respectSchemaVersion,omitempty"`
	PackageReferences    map[string]string `json:"packageReferences,omitempty"`
}
