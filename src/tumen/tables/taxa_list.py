"""Scientific names of the region: our own list, compiled from names in common use.

Mammals follow the Mammal Diversity Database (American Society of Mammalogists), birds the IOC World Bird List; both are
the authorities followed, not the source of any text here. Each line is one accepted name, then what it is also called:

- `= name`: an older or rejected name; using it is a finding of its own (synonym);
- `~ name`: a name that authorities of today use beside the accepted one; it is read as the accepted name, and let be.

A subspecies is listed where parties use it for a population of its own, or where its older name was that of a species.
Names of genera follow from the names of species. Wildlife of other regions is listed only where it is often met in
published camera data.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables.taxa_birds import BIRDS

MAMMALS = """
Panthera tigris = Felis tigris = Tigris tigris
Panthera tigris altaica = Felis tigris altaica = Panthera altaica = Panthera tigris longipilis
Panthera tigris amoyensis
Panthera pardus = Felis pardus
Panthera pardus orientalis = Felis pardus orientalis = Panthera pardus amurensis
Panthera pardus japonensis ~ Panthera pardus fontanierii ~ Panthera pardus fontanieri
Panthera uncia = Uncia uncia = Felis uncia
Panthera uncia uncia
Panthera leo = Felis leo
Panthera onca = Felis onca
Neofelis nebulosa = Felis nebulosa
Lynx lynx = Felis lynx
Lynx lynx stroganovi
Lynx lynx isabellinus = Lynx isabellinus
Prionailurus bengalensis = Felis bengalensis
Prionailurus bengalensis euptilurus ~ Prionailurus bengalensis euptilura = Felis euptilura = Prionailurus euptilurus
Otocolobus manul = Felis manul
Felis lybica = Felis libyca
Felis silvestris
Felis bieti
Felis catus = Felis domesticus = Felis silvestris catus
Catopuma temminckii = Felis temminckii = Pardofelis temminckii
Pardofelis marmorata = Felis marmorata
Prionailurus viverrinus = Felis viverrina
Canis lupus
Canis lupus chanco
Canis familiaris ~ Canis lupus familiaris
Canis latrans
Canis aureus
Cuon alpinus
Vulpes vulpes
Vulpes corsac
Vulpes ferrilata
Vulpes lagopus = Alopex lagopus
Nyctereutes procyonoides
Nyctereutes viverrinus ~ Nyctereutes procyonoides viverrinus
Ursus arctos
Ursus arctos lasiotus
Ursus arctos gobiensis
Ursus thibetanus = Selenarctos thibetanus = Ursus tibetanus
Ursus thibetanus ussuricus
Ursus thibetanus japonicus
Ursus americanus
Helarctos malayanus
Ailuropoda melanoleuca
Ailurus fulgens
Martes zibellina = Mustela zibellina
Martes flavigula = Mustela flavigula = Charronia flavigula
Martes foina
Martes martes
Martes melampus
Gulo gulo
Meles leucurus = Meles amurensis = Meles leucurus amurensis
Meles anakuma
Meles meles
Arctonyx collaris
Lutra lutra
Mustela sibirica
Mustela itatsi
Mustela eversmanii ~ Mustela eversmanni
Mustela altaica
Mustela erminea
Mustela nivalis
Mustela putorius
Mustela furo ~ Mustela putorius furo
Neogale vison = Mustela vison = Neovison vison
Vormela peregusna
Aonyx cinereus
Paguma larvata
Viverricula indica
Viverra zibetha
Viverra tangalunga
Paradoxurus hermaphroditus
Urva javanica ~ Herpestes javanicus
Procyon lotor
Phoca largha
Phoca vitulina
Eumetopias jubatus
Callorhinus ursinus
Cervus nippon = Sika nippon
Cervus nippon hortulorum
Cervus nippon mandarinus
Cervus nippon yesoensis
Cervus canadensis = Cervus elaphus canadensis
Cervus canadensis xanthopygus = Cervus elaphus xanthopygus
Cervus canadensis sibiricus = Cervus elaphus sibiricus
Cervus elaphus
Capreolus pygargus = Capreolus capreolus pygargus
Capreolus capreolus
Hydropotes inermis
Hydropotes inermis argyropus
Alces alces = Cervus alces
Alces alces cameloides ~ Alces americanus cameloides
Alces americanus
Moschus moschiferus
Moschus moschiferus parvipes
Moschus chrysogaster
Moschus berezovskii
Elaphodus cephalophus
Muntiacus reevesi
Muntiacus muntjak
Rangifer tarandus
Dama dama = Cervus dama
Odocoileus virginianus
Rusa unicolor = Cervus unicolor
Axis axis
Sus scrofa
Sus scrofa ussuricus
Sus domesticus ~ Sus scrofa domesticus
Sus barbatus
Naemorhedus caudatus = Nemorhaedus caudatus = Nemorhaedus goral caudatus = Naemorhedus goral caudatus
Naemorhedus goral = Nemorhaedus goral
Naemorhedus griseus = Nemorhaedus griseus
Capricornis crispus = Naemorhedus crispus
Capricornis milneedwardsii
Budorcas taxicolor
Pseudois nayaur
Capra sibirica = Capra ibex sibirica
Ovis ammon
Ovis ammon darwini
Procapra gutturosa = Gazella gutturosa
Procapra picticaudata
Procapra przewalskii
Gazella subgutturosa
Saiga tatarica
Saiga tatarica mongolica = Saiga mongolica ~ Saiga borealis
Pantholops hodgsonii
Camelus ferus ~ Camelus bactrianus ferus
Camelus bactrianus
Equus hemionus
Equus kiang
Equus przewalskii ~ Equus ferus przewalskii ~ Equus caballus przewalskii
Equus caballus ~ Equus ferus caballus
Equus asinus = Equus africanus asinus
Bos taurus = Bos primigenius taurus
Bos grunniens
Bos mutus
Bos gaurus
Bubalus bubalis
Bubalus arnee
Ovis aries
Capra hircus ~ Capra aegagrus hircus
Lepus timidus
Lepus mandshuricus = Lepus mandschuricus
Lepus tolai
Lepus coreanus
Lepus brachyurus
Lepus europaeus
Lepus oiostolus
Oryctolagus cuniculus
Ochotona hyperborea
Ochotona alpina
Ochotona pallasii ~ Ochotona pricei
Ochotona dauurica = Ochotona daurica
Ochotona curzoniae
Ochotona mantchurica
Ochotona coreana
Sciurus vulgaris
Sciurus lis
Sciurus carolinensis
Eutamias sibiricus ~ Tamias sibiricus
Pteromys volans
Pteromys momonga
Petaurista leucogenys
Marmota sibirica
Marmota baibacina
Marmota himalayana
Marmota camtschatica
Urocitellus undulatus = Spermophilus undulatus = Citellus undulatus
Spermophilus dauricus = Citellus dauricus
Spermophilus alashanicus
Castor fiber
Castor canadensis
Ondatra zibethicus
Myocastor coypus
Hystrix brachyura
Hystrix hodgsoni
Rattus norvegicus
Rattus rattus
Rattus tanezumi
Apodemus agrarius
Apodemus peninsulae
Apodemus speciosus
Apodemus sylvaticus
Mus musculus
Micromys minutus
Craseomys rufocanus ~ Clethrionomys rufocanus ~ Myodes rufocanus
Clethrionomys rutilus ~ Myodes rutilus
Lasiopodomys brandtii = Microtus brandti = Microtus brandtii
Alexandromys fortis ~ Microtus fortis
Meriones unguiculatus
Allactaga sibirica ~ Orientallactaga sibirica
Erinaceus amurensis
Erinaceus europaeus
Mesechinus dauuricus = Hemiechinus dauuricus = Mesechinus dauricus
Mogera robusta
Mogera wogura
Macaca fuscata
Macaca mulatta
Macaca nemestrina
Macaca fascicularis
Rhinopithecus roxellana
Tragulus javanicus
Tragulus kanchil
Tragulus napu
Tapirus indicus
Elephas maximus
Loxodonta africana
Loxodonta cyclotis
Manis pentadactyla
Homo sapiens
"""

SPECIES: Mapping[str, str] = MappingProxyType({"Mammalia": MAMMALS, "Aves": BIRDS})
"""The lines above, by class."""

HIGHER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "kingdom": ("Animalia",),
        "phylum": ("Chordata", "Arthropoda"),
        "class": ("Mammalia", "Aves", "Reptilia", "Amphibia", "Insecta"),
        "order": (
            *("Carnivora", "Artiodactyla", "Perissodactyla", "Rodentia", "Lagomorpha", "Chiroptera", "Primates"),
            *("Eulipotyphla", "Proboscidea", "Pholidota", "Anseriformes", "Galliformes", "Gruiformes"),
            *("Charadriiformes", "Ciconiiformes", "Pelecaniformes", "Suliformes", "Podicipediformes", "Gaviiformes"),
            *("Accipitriformes", "Falconiformes", "Strigiformes", "Passeriformes", "Columbiformes", "Piciformes"),
            *("Otidiformes", "Phoenicopteriformes", "Cuculiformes", "Coraciiformes", "Squamata"),
        ),
        "family": (
            *("Felidae", "Canidae", "Ursidae", "Mustelidae", "Viverridae", "Herpestidae", "Procyonidae", "Phocidae"),
            *("Otariidae", "Cervidae", "Moschidae", "Bovidae", "Suidae", "Camelidae", "Equidae", "Leporidae"),
            *("Ochotonidae", "Sciuridae", "Muridae", "Cricetidae", "Castoridae", "Hystricidae", "Dipodidae"),
            *("Erinaceidae", "Soricidae", "Talpidae", "Cercopithecidae", "Hominidae", "Elephantidae", "Tragulidae"),
            *("Vespertilionidae", "Anatidae", "Ardeidae", "Gruidae", "Rallidae", "Ciconiidae", "Threskiornithidae"),
            *("Charadriidae", "Scolopacidae", "Laridae", "Haematopodidae", "Recurvirostridae", "Glareolidae"),
            *("Podicipedidae", "Gaviidae", "Phalacrocoracidae", "Pelecanidae", "Otididae", "Phasianidae"),
            *("Accipitridae", "Falconidae", "Strigidae", "Pandionidae", "Columbidae", "Corvidae", "Turdidae"),
            *("Picidae", "Paridae", "Emberizidae", "Passeridae", "Sturnidae", "Muscicapidae", "Alcidae"),
        ),
        "subfamily": ("Anserinae", "Anatinae", "Sterninae", "Larinae", "Pantherinae", "Felinae"),
    }
)
"""Names above the genus, by rank."""
