module job-container/acceptance/provider

go 1.26

replace github.com/microsoft/azure-devops-go-api/azuredevops/v7 => github.com/magodo/azure-devops-go-api/azuredevops/v7 v7.0.0-20250711060739-8a0bc4f93533

require github.com/microsoft/terraform-provider-azuredevops v1.16.0
