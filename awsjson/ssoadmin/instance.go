package ssoadmin

import (
	"rollcall/awsjson"
	"rollcall/identity"
)

// The scopes of ListInstances.
const (
	CurrentRegion = "CURRENT_REGION"
	AllRegions    = "ALL_REGIONS"
)

// The keys that an instance can be encrypted with.
const (
	AWSOwnedKey = "AWS_OWNED_KMS_KEY"
	CustomerKey = "CUSTOMER_MANAGED_KEY"
)

// The operations on instances themselves, and the regions they are in.
type (
	// ListInstancesInput is what ListInstances takes.
	ListInstancesInput struct {
		Page
		RegionScope *string `json:",omitempty"` // [CurrentRegion] if nothing is said
	}
	// ListInstancesOutput is what ListInstances answers.
	ListInstancesOutput struct {
		Instances []InstanceMetadata
		NextToken string `json:",omitempty"`
	}
	// InstanceMetadata is an instance in a listing.
	InstanceMetadata struct {
		InstanceArn      string
		IdentityStoreID  string `json:"IdentityStoreId"`
		IdentityStoreArn string
		OwnerAccountID   string        `json:"OwnerAccountId"`
		Name             string        `json:",omitempty"`
		CreatedDate      *awsjson.Time `json:",omitempty"`
		Status           string        // ACTIVE
		PrimaryRegion    string        `json:",omitempty"`
		Regions          []Region
	}
	// InstanceInput is what DescribeInstance takes.
	InstanceInput struct{ InInstance }
	// DescribeInstanceOutput is what DescribeInstance answers.
	DescribeInstanceOutput struct {
		InstanceMetadata
		PermissionSetsEnabled          bool
		EncryptionConfigurationDetails EncryptionDetails
	}
	// EncryptionDetails says what an instance is encrypted with.
	EncryptionDetails struct{ KeyType, EncryptionStatus string }
	// UpdateInstanceInput is what UpdateInstance takes; it answers nothing.
	UpdateInstanceInput struct {
		InInstance
		Name                    *string                  `json:",omitempty"` // the empty one takes it away
		PermissionSetsEnabled   *bool                    `json:",omitempty"`
		EncryptionConfiguration *EncryptionConfiguration `json:",omitempty"`
	}
	// EncryptionConfiguration says what an instance shall be encrypted with.
	EncryptionConfiguration struct {
		KeyType   *string `json:",omitempty"`
		KmsKeyArn *string `json:",omitempty"`
	}
	// InstancePageInput is what ListPermissionSets and ListRegions take.
	InstancePageInput struct {
		InInstance
		Page
	}
	// RegionInput is what AddRegion, DescribeRegion and RemoveRegion take.
	RegionInput struct {
		InInstance
		RegionName *string `json:",omitempty"`
	}
	// RegionStatusOutput is what AddRegion and RemoveRegion answer.
	RegionStatusOutput struct{ Status string }
	// Region is a region that an instance is in, as DescribeRegion answers.
	Region struct {
		RegionName      string
		Status          string
		AddedDate       *awsjson.Time `json:",omitempty"`
		IsPrimaryRegion bool
	}
	// ListRegionsOutput is what ListRegions answers.
	ListRegionsOutput struct {
		Regions   []Region
		NextToken string `json:",omitempty"`
	}
)

func (in *ListInstancesInput) Constrain(c *awsjson.Checker) {
	in.Page.constrain(c)
	c.Enum("regionScope", in.RegionScope, CurrentRegion, AllRegions)
}

func (in *UpdateInstanceInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Text("name", in.Name, instanceNameRule)
	if e := in.EncryptionConfiguration; e != nil {
		const at = "encryptionConfiguration"
		if c.Required(at+".keyType", e.KeyType != nil) {
			c.Enum(at+".keyType", e.KeyType, AWSOwnedKey, CustomerKey)
		}
		c.Text(at+".kmsKeyArn", e.KmsKeyArn, kmsKeyRule)
	}
}

func (in *InstancePageInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	in.Page.constrain(c)
}

func (in *RegionInput) Constrain(c *awsjson.Checker) {
	in.InInstance.Constrain(c)
	c.Needed("regionName", in.RegionName, regionRule)
}

// InstanceOutputOf writes i.
func InstanceOutputOf(i *identity.Instance) DescribeInstanceOutput {
	return DescribeInstanceOutput{
		InstanceMetadata:               InstanceMetadataOf(i),
		PermissionSetsEnabled:          !i.OfAccount,
		EncryptionConfigurationDetails: EncryptionDetails{KeyType: AWSOwnedKey, EncryptionStatus: "ENABLED"},
	}
}

// InstanceMetadataOf writes i as it is listed.
func InstanceMetadataOf(i *identity.Instance) InstanceMetadata {
	return InstanceMetadata{
		InstanceArn: i.ARN, IdentityStoreID: string(i.Store), IdentityStoreArn: awsjson.StoreARN(i.Owner, i.Store),
		OwnerAccountID: i.Owner, Name: i.Name, CreatedDate: awsjson.TimeOf(i.CreatedAt), Status: "ACTIVE", PrimaryRegion: primary(i.Regions), Regions: RegionsOf(i.Regions),
	}
}

// RegionOf writes r.
func RegionOf(r identity.Region) Region {
	return Region{r.Name, string(r.State), awsjson.TimeOf(r.AddedAt), r.Primary}
}

// RegionsOf writes all of regions.
func RegionsOf(regions []identity.Region) []Region {
	out := make([]Region, len(regions))
	for i, r := range regions {
		out[i] = RegionOf(r)
	}
	return out
}
