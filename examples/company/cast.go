//go:build ignore

package main

import "strings"

// chart is who is needed where: each department has a head, and each of its
// teams has a lead and as many people in all as size says.
var chart = []struct {
	number, name, head string
	teams              []team
}{
	{"1000", "Executive", "Chief Executive Officer", []team{
		{"", "", 4, "Chief Operating Officer", jobs("Chief of Staff", "Executive Assistant", "Board Secretary")},
	}},
	{"2000", "Engineering", "VP Engineering", []team{
		{"team-payments", "Card, wallet and bank payments", 14, "Engineering Manager, Payments", engineers},
		{"team-checkout", "The shop window and the basket", 12, "Engineering Manager, Checkout", engineers},
		{"team-mobile", "iOS and Android", 12, "Engineering Manager, Mobile", engineers},
		{"team-search", "Search and recommendations", 9, "Engineering Manager, Search", engineers},
		{"team-integrations", "Carriers, banks and other people's APIs", 10, "Engineering Manager, Integrations", engineers},
	}},
	{"2100", "Platform", "Director of Platform", []team{
		{
			"team-platform", "The paved road: build, deploy, observe", 12, "Platform Lead",
			jobs("Platform Engineer", "Senior Platform Engineer", "Platform Engineer", "Cloud Engineer"),
		},
		{
			"team-sre", "Keeps production up", 11, "SRE Lead",
			jobs("Site Reliability Engineer", "Senior Site Reliability Engineer"),
		},
		{"team-networks", "Networks and offices", 5, "Network Lead", jobs("Network Engineer")},
	}},
	{"2200", "Data", "Director of Data", []team{
		{
			"team-data", "Warehouse and reporting", 11, "Data Lead",
			jobs("Data Engineer", "Data Analyst", "Senior Data Engineer", "Data Intern"),
		},
		{
			"team-ml", "Forecasts and fraud scores", 8, "Machine Learning Lead",
			jobs("Machine Learning Engineer", "Data Scientist"),
		},
	}},
	{"2300", "Security", "Chief Information Security Officer", []team{
		{
			"team-security", "Detection, response and review", 12, "Security Lead",
			jobs("Security Engineer", "Security Analyst", "Senior Security Engineer", "Penetration Tester"),
		},
	}},
	{"3000", "Product", "Chief Product Officer", []team{
		{
			"team-product", "What to build next", 14, "Group Product Manager",
			jobs("Product Manager", "Senior Product Manager", "Product Analyst", "Technical Writer"),
		},
	}},
	{"3100", "Design", "Head of Design", []team{
		{
			"team-design", "Product design and user research", 10, "Design Lead",
			jobs("Product Designer", "Senior Product Designer", "User Researcher", "Design Intern"),
		},
	}},
	{"4000", "Finance", "Chief Financial Officer", []team{
		{
			"team-finance", "Books, billing and budgets", 13, "Finance Manager",
			jobs("Accountant", "Financial Analyst", "Controller", "Billing Specialist", "Payroll Specialist"),
		},
	}},
	{"4100", "People", "Chief People Officer", []team{
		{
			"team-people", "Hiring, and everything after it", 9, "People Lead",
			jobs("People Partner", "Recruiter", "Recruiter", "People Operations Specialist"),
		},
	}},
	{"4200", "Legal, Risk and Compliance", "General Counsel", []team{
		{
			"team-legal", "Contracts, privacy and licences", 7, "Deputy General Counsel",
			jobs("Legal Counsel", "Compliance Officer", "Data Protection Officer", "Risk Analyst"),
		},
	}},
	{"5000", "Sales", "Chief Revenue Officer", []team{
		{"team-sales-emea", "Europe, Middle East and Africa", 10, "Sales Director, EMEA", sellers},
		{"team-sales-apac", "Asia and the Pacific", 8, "Sales Director, APAC", sellers},
	}},
	{"5100", "Marketing", "Chief Marketing Officer", []team{
		{
			"team-marketing", "Campaigns, events and the web site", 9, "Marketing Lead",
			jobs("Campaign Manager", "Content Editor", "Brand Designer", "Event Manager"),
		},
	}},
	{"5200", "Support", "Director of Support", []team{
		{
			"team-support-tier1", "First answer, every time zone", 14, "Support Lead, Tier 1",
			jobs("Support Specialist", "Support Specialist", "Senior Support Specialist", "Support Intern"),
		},
		{
			"team-support-tier2", "The hard questions", 7, "Support Lead, Tier 2",
			jobs("Support Engineer", "Senior Support Engineer"),
		},
	}},
	{"6000", "Logística", "Diretor de Logística", []team{
		{
			"team-logística", "Operações em São Paulo", 15, "Gerente de Operações",
			jobs("Analista de Logística", "Planejador de Rotas", "Coordenador de Armazém", "Analista de Logística", "Analista de Transportes"),
		},
	}},
}

type team struct {
	cn, description string // no cn: people without a group
	size            int
	lead            string
	titles          []string // taken in turn
}

func jobs(titles ...string) []string { return titles }

var (
	engineers = jobs("Software Engineer", "Senior Software Engineer", "Software Engineer", "QA Engineer",
		"Staff Engineer", "Software Engineering Intern")
	sellers = jobs("Account Executive", "Sales Engineer", "Account Executive", "Customer Success Manager")
)

// circles are the groups beside the teams: who belongs together, who may do
// what in AWS, and who is called at night.
var circles = []struct {
	cn, class, description string // no class: groupOfNames
	groups, people         string // names, with blanks between
}{
	{
		"all-engineering", "", "Everybody who writes the product",
		"team-payments team-checkout team-mobile team-search team-integrations", "junjie.tan",
	},
	{"all-platform", "", "Everybody who runs the product", "team-platform team-sre team-networks", "despina.vlachou"},
	{"all-sales", "", "Both sales regions", "team-sales-emea team-sales-apac", "reka.agoston"},
	{"all-support", "", "Both tiers", "team-support-tier1 team-support-tier2", "yevhen.moroz"},
	{
		"app-grafana-viewers", "groupOfUniqueNames", "Dashboards, read only", "team-sre",
		`balint.korosi chloe.marchand daryna.lysenko graham.penhaligon isil.sahin kavita.bhattacharya
			loic.kervella matthias.kohler tereza.svobodova torben.schonfeld zoe.ainsworth`,
	},
	{
		"aws-billing-viewers", "", "Cost Explorer and invoices in the payer account", "team-finance",
		"asa.lindqvist chloe.marchand despina.vlachou",
	},
	{"aws-data-scientists", "", "SageMaker and the data lake", "team-ml", "frida.ekstrom gunther.vogel salma.darwish"},
	{"aws-dev-developers", "", "Power user in the development accounts", "all-engineering team-data team-ml", ""},
	{"aws-dev-readonly", "", "Read only in the development accounts", "all-engineering all-support team-design team-product", ""},
	{"aws-network-admins", "", "VPCs, Transit Gateway and DNS", "team-networks", "yanhong.xu"},
	{
		"aws-prod-admins", "", "Administrator in the production accounts; ask the SRE lead", "",
		"annelie.grunwald hanh.dang hilkka.vaisanen jurgen.schafer oystein.haugen yanhong.xu",
	},
	{
		"aws-prod-breakglass", "", "For emergencies only.\nEvery use is reviewed on the next working day.", "",
		"despina.vlachou gergo.voros yanhong.xu",
	},
	{"aws-prod-readonly", "", "Read only in the production accounts", "all-platform team-security", ""},
	{
		"aws-security-audit", "", "Security Hub, GuardDuty and CloudTrail in every account", "team-security",
		"gergo.voros ondrej.kucera owen.pritchard",
	},
	{"aws-staging-developers", "", "Power user in the staging accounts", "all-engineering all-platform", ""},
	{
		"linux-build-hosts", "posixGroup", "Shell on the build machines", "",
		`agnes.sandstrom bjorn.hakansson ceyda.ates jiri.dvoracek niamh.gallagher pawel.jablonski shota.nakagawa
			wojciech.glowacki`,
	},
	{
		"oncall-payments", "", "Called when payments fail; platform covers when nobody answers", "oncall-platform",
		"elliot.marchbanks helene.daubigny khai.bui tugba.erdogmus",
	},
	{
		"oncall-platform", "", "Called when production fails; payments covers when nobody answers", "oncall-payments",
		"hanh.dang jurgen.schafer matej.riha oguz.karadag yanhong.xu",
	},
}

// offices have telephone numbers that nobody can have: kept free for fiction
// by the country's regulator, or starting where no subscriber's number starts.
var offices = map[string]struct{ code, country, phone string }{
	"Athens":      {"GR", "Greece", "+30 210 000 00%02d"},
	"Bengaluru":   {"IN", "India", "+91 80 0000 00%02d"},
	"Berlin":      {"DE", "Germany", "+49 30 23125 0%02d"},
	"Budapest":    {"HU", "Hungary", "+36 1 000 00%02d"},
	"Cairo":       {"EG", "Egypt", "+20 2 0000 00%02d"},
	"Hanoi":       {"VN", "Vietnam", "+84 24 0000 00%02d"},
	"Istanbul":    {"TR", "Türkiye", "+90 212 000 00 %02d"},
	"Kyiv":        {"UA", "Ukraine", "+380 44 000 00 %02d"},
	"London":      {"GB", "United Kingdom", "+44 20 7946 00%02d"},
	"Mexico City": {"MX", "Mexico", "+52 55 0000 00%02d"},
	"New York":    {"US", "United States", "+1 212 555 01%02d"},
	"Paris":       {"FR", "France", "+33 1 99 00 00 %02d"},
	"Prague":      {"CZ", "Czechia", "+420 000 000 0%02d"},
	"Seoul":       {"KR", "South Korea", "+82 2 0000 00%02d"},
	"Singapore":   {"SG", "Singapore", "+65 0000 00%02d"},
	"Stockholm":   {"SE", "Sweden", "+46 8 465 004 %02d"},
	"São Paulo":   {"BR", "Brazil", "+55 11 0000-00%02d"},
	"Tokyo":       {"JP", "Japan", "+81 3 0000 00%02d"},
	"Toronto":     {"CA", "Canada", "+1 416 555 01%02d"},
	"Warsaw":      {"PL", "Poland", "+48 22 000 00 %02d"},
}

// names are given/family, or given/family/name where the name is shown in
// another script or order. They are put together from common names.
var names = []struct{ lang, city, list string }{
	{"sv", "Stockholm", `
		Åsa/Lindqvist, Björn/Håkansson, Märta/Sjöberg, Göran/Öhman, Linnéa/Bergström, Jörgen/Nyström,
		Ingrid/Dahlgren, Håkan/Söderlund, Frida/Ekström, Örjan/Wallin, Elin/Sandberg, Mårten/Fröberg,
		Tuva/Hedlund, Gösta/Malmström, Signe/Åström, Viktor/Norling, Maja/Blomkvist, Sören/Lundgren,
		Kajsa/Engström, Anders/Rönnberg, Agnes/Sandström, Petter/Bäckman, Saga/Hallberg, Joel/Löfgren`},
	{"nb", "Stockholm", `
		Øystein/Haugen, Kjersti/Bråten, Sindre/Nygård, Marte/Sæther, Håvard/Solbakken, Åshild/Tveit,
		Eirik/Bjørnstad, Solveig/Aas`},
	{"da", "Stockholm", `
		Søren/Kjærgaard, Mette/Østergaard, Jørgen/Bøgh, Freja/Nørgaard, Rasmus/Skov, Kirstine/Møller Lund,
		Asger/Højland, Maren/Præstegaard`},
	{"fi", "Stockholm", `
		Päivi/Mäkelä, Väinö/Hämäläinen, Aino/Järvinen, Jyrki/Lehtonen, Hilkka/Väisänen, Onni/Kärkkäinen,
		Säde/Rautio, Eero/Niemelä`},
	{"is", "Stockholm", `Þóra/Guðmundsdóttir, Ægir/Sigurðsson, Björk/Þorsteinsdóttir`},
	{"en", "London", `
		Harriet/Blackwood, Owen/Pritchard, Siobhán/O'Rourke, Callum/Fairweather, Imogen/Thistlewood,
		Desmond/Okafor, Niamh/Gallagher, Rhys/Llewellyn, Beatrix/Hargreaves, Tobias/Whitlock, Zoë/Ainsworth,
		Marcus/Delacroix-Hale, Adaeze/Nwosu, Graham/Penhaligon, Saoirse/Ní Bhriain, Elliot/Marchbanks,
		Priscilla/Adeyemi, Duncan/MacAllister, Philippa/Underhill, Jerome/Baptiste, Olúwaṣeun/Adébáyọ̀,
		Winifred/Cartwright, Caleb/Stonebridge, Maeve/Kilbride, Hugo/Fenwick, Tamsin/Polglaze`},
	{"de", "Berlin", `
		Jürgen/Schäfer, Käthe/Großmann, Björn-Ole/Petersen, Annelie/Grünwald, Matthias/Köhler, Ursula/Weiß,
		Lukas/Brückner, Friederike/Böhme, Sönke/Jäger, Marlene/Hübner, Günther/Vogel, Antje/Krüger,
		Torben/Schönfeld, Ilse/Fürstenberg, Moritz/Lindemann, Bärbel/Nußbaum, Henrike/Röder, Cem/Yalçın`},
	{"fr", "Paris", `
		Élodie/Lefèvre, François/Géroux, Maëlle/Prévost, Jérôme/Châtelain, Noémie/Desrochers,
		Aurélien/Béranger, Chloé/Marchand, Rémi/Fontenoy, Anaïs/Bréchet, Loïc/Kervella, Océane/Thévenin,
		Théo/Rousselet, Aïcha/Benmoussa, Gaël/Le Goff, Hélène/d'Aubigny, Cédric/Vasseur`},
	{"pl", "Warsaw", `
		Łukasz/Wójcik, Agnieszka/Kowalska, Paweł/Jabłoński, Żaneta/Wiśniewska, Michał/Dąbrowski,
		Małgorzata/Zielińska, Grzegorz/Krawczyk, Bożena/Piątek, Wojciech/Głowacki, Józefina/Sikorska,
		Stanisław/Ostrowski, Zofia/Mróz, Przemysław/Górski, Maria/Nowak, Jędrzej/Bąk, Urszula/Szczepańska,
		Rafał/Śliwa, Ewa/Cieślak`},
	{"cs", "Prague", `
		Jiří/Dvořáček, Tereza/Svobodová, Ondřej/Kučera, Věra/Žáková, Matěj/Říha, Ludmila/Černohorská,
		Zdeněk/Šimůnek, Anežka/Bělohlávková`},
	{"hu", "Budapest", `
		Eszter/Szűcs/Szűcs Eszter, Bálint/Kőrösi/Kőrösi Bálint, Zsófia/Fülöp/Fülöp Zsófia,
		Gergő/Vörös/Vörös Gergő, Réka/Ágoston/Ágoston Réka, Márton/Sütő/Sütő Márton`},
	{"uk", "Kyiv", `
		Oksana/Havryliuk/Оксана Гаврилюк, Taras/Bondarchuk/Тарас Бондарчук,
		Myroslava/Kovalenko/Мирослава Коваленко, Ostap/Shevchuk/Остап Шевчук, Daryna/Lysenko/Дарина Лисенко,
		Yevhen/Moroz/Євген Мороз`},
	{"tr", "Istanbul", `
		Ayşe/Yıldırım, Çağlar/Öztürk, Işıl/Şahin, Ömer/Kılıç, Gülşen/Aydoğan, İbrahim/Çelik,
		Tuğba/Erdoğmuş, Oğuz/Karadağ, Şebnem/Ünal, Umut/Başaran, Müge/Tekin, Yiğit/Güneş,
		Nazlı/Çiftçi, Burak/Özdemir, Ebru/Sarıoğlu, Kağan/Uçar, Ceyda/Ateş, İlker/Doğru`},
	{"es", "Mexico City", `
		José María/García López, Begoña/Núñez, Íñigo/Echeverría, Ximena/Ibáñez Soto, Raúl/Peñaloza,
		Lucía/Muñoz Ortega, Andrés/Villaseñor, Concepción/Ríos, Martín/Zúñiga, Inés/Cervantes Peña,
		Óscar/Avendaño, Marisol/Treviño, Joaquín/Cárdenas Gil, Rocío/Ordóñez`},
	{"pt-BR", "São Paulo", `
		João/Gonçalves, Conceição/Araújo, Antônio/Magalhães, Luíza/Assunção, Estêvão/Brandão, Thaís/Guimarães,
		Otávio/Patrício, Mônica/Falcão, Sérgio/Leitão, Letícia/Simões, Fábio/Quintão, Íris/Bragança,
		César/Camarão, Débora/Vilaça, Flávia/Trindade, Inácio/Mourão`},
	{"vi", "Hanoi", `
		Hương/Nguyễn/Nguyễn Thị Hương, Đức/Trần/Trần Minh Đức, Thủy/Lê/Lê Thanh Thủy,
		Quốc/Phạm/Phạm Anh Quốc, Ngọc/Hoàng/Hoàng Bảo Ngọc, Dũng/Đỗ/Đỗ Tiến Dũng, Uyên/Vũ/Vũ Phương Uyên,
		Khải/Bùi/Bùi Quang Khải, Hạnh/Đặng/Đặng Mỹ Hạnh, Sơn/Ngô/Ngô Hải Sơn, Trúc/Huỳnh/Huỳnh Thanh Trúc,
		Kiệt/Phan/Phan Tuấn Kiệt, Yến/Dương/Dương Hải Yến, Vượng/Lý/Lý Quốc Vượng`},
	{"ja", "Tokyo", `
		Shota/Nakagawa/中川 翔太, Yuki/Kobayakawa/小早川 由紀, Haruka/Mizushima/水島 春香,
		Kenji/Takeuchi/竹内 健二, Aoi/Shimizu/清水 葵, Daichi/Morishita/森下 大地, Sakura/Fujimoto/藤本 桜,
		Ryo/Kurosaki/黒崎 涼, Mei/Hayashida/林田 芽衣, Takumi/Onodera/小野寺 匠`},
	{"ko", "Seoul", `Minjun/Kwon/권민준, Seoyeon/Bae/배서연, Jiho/Nam/남지호, Hayun/Seo/서하윤`},
	{"zh", "Singapore", `
		Weilin/Zhao/赵伟林, Xiaomei/Liu/刘晓梅, Junjie/Tan/陈俊杰, Yanhong/Xu/徐艳红, Haoran/Gao/高浩然,
		Lihua/Song/宋丽华`},
	{"hi", "Bengaluru", `
		Ananya/Deshpande/अनन्या देशपांडे, Rohan/Kulkarni/रोहन कुलकर्णी, Kavita/Bhattacharya/कविता भट्टाचार्य,
		Arjun/Sinha/अर्जुन सिन्हा, Meera/Joshi/मीरा जोशी, Vikram/Rathod/विक्रम राठौड़,
		Lakshmi/Iyengar/लक्ष्मी अय्यंगार, Nikhil/Saxena/निखिल सक्सेना`},
	{"el", "Athens", `
		Eleni/Papadaki/Ελένη Παπαδάκη, Nikos/Karagiannis/Νίκος Καραγιάννης, Despina/Vlachou/Δέσποινα Βλάχου,
		Stavros/Makris/Σταύρος Μακρής, Ioanna/Kalogeraki/Ιωάννα Καλογεράκη`},
	{"ar", "Cairo", `
		Layla/Haddad/ليلى حداد, Omar/Fahmy/عمر فهمي, Nour/El-Masry/نور المصري, Youssef/Sabry/يوسف صبري,
		Salma/Darwish/سلمى درويش, Karim/Aziz/كريم عزيز`},
}

// romanise writes a Latin name in the ASCII of user names and mail addresses.
func romanise(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '\'' || r >= 0x300 && r < 0x370 { // apostrophes and loose accents
			return -1
		}
		return r
	}, plain.Replace(name)))
}

var plain = func() *strings.Replacer {
	var pairs []string
	for row := range strings.FieldsSeq(letters) {
		to, from, _ := strings.Cut(row, "=")
		for _, r := range from {
			pairs = append(pairs, string(r), to)
		}
	}
	return strings.NewReplacer(pairs...)
}()

const letters = `a=ÁÅàáâãäåąạảầặ ae=Ææ c=ÇçČč d=ðĐ e=Éèéêëęěếễệ g=ğ i=Ííïİı l=Łł n=ñń o=ÓÖØóôõöøőơọốỗợ r=Řř s=ŚśŞşŠṣ
	ss=ß th=Þ u=Üùúüũůűưủứ y=ýỳ z=ŻżŽž`
