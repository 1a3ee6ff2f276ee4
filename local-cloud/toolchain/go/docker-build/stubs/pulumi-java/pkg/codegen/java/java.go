// Package java holds the one type of its namesake that the docker-build
// provider refers to. It matters only to whoever generates a Java SDK.
package java

// PackageInfo is the schema's language section for Java.
type PackageInfo struct {
	BuildFiles                      string            `json:"buildFiles,omitempty"`
	GradleNexusPublishPluginVersion string            `json:"gradleNexusPublishPluginVersion,omitempty"`
	Dependencies                    map[string]string `json:"dependencies,omitempty"`
}
