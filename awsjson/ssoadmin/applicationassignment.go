package ssoadmin

import (
	"rollcall/awsjson"
	"rollcall/identity"
)

// ApplicationAssignment says who may use an application.
type ApplicationAssignment struct {
	ApplicationArn string
	Principal
}

// The operations on who may use an application.
type (
	// ApplicationPrincipalInput is what CreateApplicationAssignment,
	// DescribeApplicationAssignment and DeleteApplicationAssignment take.
	ApplicationPrincipalInput struct {
		ApplicationInput
		Principal
	}
	// ListApplicationAssignmentsInput is what ListApplicationAssignments takes.
	ListApplicationAssignmentsInput struct {
		ApplicationInput
		Page
	}
	// ListApplicationAssignmentsForInput is what
	// ListApplicationAssignmentsForPrincipal takes.
	ListApplicationAssignmentsForInput struct {
		InInstance
		Principal
		Filter *ApplicationInput `json:",omitempty"`
		Page
	}
	// ListApplicationAssignmentsOutput is what both listings answer.
	ListApplicationAssignmentsOutput struct {
		ApplicationAssignments []ApplicationAssignment
		NextToken              string `json:",omitempty"`
	}
	// AssignmentConfiguration is what GetApplicationAssignmentConfiguration
	// answers.
	AssignmentConfiguration struct{ AssignmentRequired bool }
	// PutAssignmentConfigurationInput is what
	// PutApplicationAssignmentConfiguration takes; it answers nothing.
	PutAssignmentConfigurationInput struct {
		ApplicationInput
		AssignmentRequired *bool `json:",omitempty"`
	}
)

func (in *ApplicationPrincipalInput) Constrain(c *awsjson.Checker) {
	in.ApplicationInput.Constrain(c)
	in.Principal.constrain(c)
}

func (in *ListApplicationAssignmentsInput) Constrain(c *awsjson.Checker) {
	in.ApplicationInput.Constrain(c)
	in.Page.constrain(c)
}

func (in *ListApplicationAssignmentsForInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	in.Principal.constrain(c)
	if in.Filter != nil {
		c.Text("filter.applicationArn", in.Filter.ApplicationArn, applicationRule)
	}
	in.Page.constrain(c)
}

func (in *PutAssignmentConfigurationInput) Constrain(c *awsjson.Checker) {
	in.ApplicationInput.Constrain(c)
	c.Required("assignmentRequired", in.AssignmentRequired != nil)
}

// Assignment is the assignment that a checked input names.
func (in *ApplicationPrincipalInput) Assignment() identity.ApplicationAssignment {
	return identity.ApplicationAssignment{Application: text(in.ApplicationArn), Principal: in.Principal.Identity()}
}

// Application is the application that a checked input is narrowed to; empty
// for all.
func (in *ListApplicationAssignmentsForInput) Application() string {
	if in.Filter == nil {
		return ""
	}
	return text(in.Filter.ApplicationArn)
}

// ApplicationAssignmentOf writes a.
func ApplicationAssignmentOf(a identity.ApplicationAssignment) ApplicationAssignment {
	return ApplicationAssignment{a.Application, PrincipalOf(a.Principal)}
}
