package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rollcall/config"
)

const (
	deployed  = "deploy/cloudformation"
	scimsync  = deployed + "/etc/rollcall/scimsync.yaml"
	fargate   = deployed + "/ECSFargate.yaml"
	secretsOf = deployed + "/SecretsManagerAndSSM.yaml"
)

func deployText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash(file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A stack of AWS's sample is updated in place only as long as what it made has
// the same logical and the same real names.
func TestTheStacksOfTheSampleAreUpdatedInPlace(t *testing.T) {
	for file, want := range map[string]struct{ blocks, texts []string }{
		secretsOf: {
			strings.Fields(`SCIMAPIToken ADROUserName ADROUserPassword ADGroupName ADGroupPrefix ADSearchBase SCIMURI DomainController KMSKeyID
				SCIMAPITokenSecret ADROUserCredsSecret ADGroupNameParameter ADGroupPrefixParameter ADSearchBaseParameter SCIMURIParameter
				DomainControllerParameter SCIMAutomationIAMRole SCIMSyncECRRepo`),
			[]string{
				"Name: IAM-IDC/SCIM-API-Token", "Name: IAM-IDC/AD-RO-UserCreds", "Name: /IAM-IDC/AD-Group-Name", "Name: /IAM-IDC/AD-Group-Prefix",
				"Name: /IAM-IDC/AD-Search-Base", "Name: /IAM-IDC/SCIM-URI", "Name: /IAM-IDC/Domain-Controller", "RoleName: iam-idc-scim-sync-role",
				"RepositoryName: scimsync", `{"SCIM-API-Token": "${SCIMAPIToken}"}`, `{"userName": "${ADROUserName}", "userPassword": "${ADROUserPassword}"}`,
				"Action: kms:Decrypt",
			},
		},
		fargate: {
			strings.Fields(`VPCID VPCCidrRange SubnetId1 SubnetId2 ECSTaskName ECSClusterName
				ECSCluster ecsSCIMSyncTask eventRuleScheduledECSTask ecsEventsRoleDef ecsSCIMSyncTaskSG`),
			[]string{
				"Default: 10.0.0.0/16", "Default: scimsync-task", "Default: scimsync-cluster", "Default: rate(12 hours)", "Name: scimsync-scheduledtask",
				"RoleName: ecsEventsScimSyncRole", "GroupName: ecsSCIMSyncTask-SG", "awslogs-group: !Sub /ecs/${ECSTaskName}",
				"GroupDescription: Security rule for the SCIM Sync ECS task which does not require inbound communication.",
				"ReadonlyRootFilesystem: true", `User: "65532:65532"`,
			},
		},
	} {
		text := deployText(t, file)
		for _, block := range want.blocks {
			if !strings.Contains(text, "\n  "+block+":\n") {
				t.Errorf("%s has no %s", file, block)
			}
		}
		for _, one := range want.texts {
			if !strings.Contains(text, one) {
				t.Errorf("%s lacks %s", file, one)
			}
		}
	}
}

// What is new in a stack has a default: who updates need say nothing.
func TestNewParametersOfAStackHaveDefaults(t *testing.T) {
	old := strings.Fields("VPCID SubnetId1 SubnetId2")
	section, _, _ := strings.Cut(deployText(t, fargate), "\nMetadata:")
	for _, block := range regexp.MustCompile(`(?m)^  (\w+):\n((?:    .*\n?)+)`).FindAllStringSubmatch(section, -1) {
		if !strings.Contains(block[2], "    Default: ") && !slices.Contains(old, block[1]) {
			t.Errorf("parameter %s has no default", block[1])
		}
	}
}

func TestTheTaskGivesTheImagesSettingsAllTheyAskFor(t *testing.T) {
	settings, task := deployText(t, scimsync), deployText(t, fargate)
	asked := regexp.MustCompile(`\$\{(\w+)\}|env:(\w+)`).FindAllStringSubmatch(settings, -1)
	if len(asked) < 10 {
		t.Fatalf("only %d variables in %s", len(asked), scimsync)
	}
	for _, m := range asked {
		name := m[1] + m[2]
		if !strings.Contains(task, "{Name: "+name+", Value") {
			t.Errorf("the task does not set %s", name)
		}
		t.Setenv(name, "x")
	}
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-2", "IDENTITY_STORE_ID": "", "IDENTITY_STORE_API": "use", "SCIM_URI": "https://scim.us-east-2.amazonaws.com/t/scim/v2/",
		"DOMAIN_CONTROLLER": "dc1.corp.test", "AD_SEARCH_BASE": "OU=AWS,DC=corp,DC=test", "AD_USER": "reader@corp.test", "AD_GROUP_PREFIX": "aws-*",
		"AD_GROUP_NAME": "aws-users", "SCHEDULE": "12h", "EVENTS_QUEUE": "", "DATABASE_HOST": "db.corp.test:5432",
	} {
		t.Setenv(name, value)
	}
	c, err := config.Load(scimsync)
	if err != nil {
		t.Fatal(err)
	}
	if d := c.Directories["aws"]; !d.UsesAPI() || d.Store != "" {
		t.Errorf("without a store the API is not used: %+v", d)
	}
	t.Setenv("IDENTITY_STORE_API", "none")
	t.Setenv("IDENTITY_STORE_ID", "d-1234567890")
	if c, err = config.Load(scimsync); err != nil || c.Directories["aws"].UsesAPI() {
		t.Errorf("with a store all is done by SCIM: %v", err)
	}
}
