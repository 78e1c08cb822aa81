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

MAMMALS = """
Panthera tigris = Felis tigris = Tigris tigris
Panthera tigris altaica = Felis tigris altaica = Panthera altaica = Panthera tigris longipilis
Panthera tigris amoyensis
Panthera pardus = Felis pardus = Leopardus pardus
Panthera pardus orientalis = Felis pardus orientalis = Panthera pardus amurensis
Panthera pardus japonensis
Panthera pardus fontanierii ~ Panthera pardus fontanieri
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
Otocolobus manul = Felis manul = Otocolobus manul manul
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
Nyctereutes procyonoides ~ Nyctereutes viverrinus
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
Mustela sibirica = Kolonokus sibirica
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
Herpestes javanicus = Urva javanica
Procyon lotor
Phoca largha
Phoca vitulina
Eumetopias jubatus
Callorhinus ursinus
Cervus nippon = Sika nippon
Cervus nippon hortulorum
Cervus nippon mandarinus
Cervus nippon yesoensis
Cervus canadensis = Cervus elaphus canadensis = Cervus elaphus xanthopygus = Cervus elaphus sibiricus
Cervus canadensis xanthopygus
Cervus canadensis sibiricus
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
Ochotona pallasii = Ochotona pricei
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
Craseomys rufocanus = Clethrionomys rufocanus = Myodes rufocanus
Clethrionomys rutilus ~ Myodes rutilus
Lasiopodomys brandtii = Microtus brandti = Microtus brandtii
Alexandromys fortis = Microtus fortis
Meriones unguiculatus
Allactaga sibirica ~ Orientallactaga sibirica
Erinaceus amurensis
Erinaceus europaeus
Mesechinus dauuricus = Hemiechinus dauuricus = Mesechinus dauricus
Mogera robusta ~ Mogera wogura
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
Homo sapiens = Homo sapiens sapiens
"""

BIRDS = """
Antigone vipio = Grus vipio
Antigone canadensis = Grus canadensis
Antigone antigone = Grus antigone
Grus japonensis
Grus monacha
Grus grus
Grus virgo = Anthropoides virgo
Grus nigricollis
Leucogeranus leucogeranus = Grus leucogeranus = Bugeranus leucogeranus
Ciconia boyciana
Ciconia nigra
Ciconia ciconia
Platalea minor
Platalea leucorodia
Threskiornis melanocephalus
Nipponia nippon
Plegadis falcinellus
Otis tarda
Cygnus cygnus
Cygnus columbianus
Cygnus columbianus bewickii = Cygnus bewickii
Cygnus olor
Anser cygnoides = Anser cygnoid = Cygnopsis cygnoides
Anser anser
Anser albifrons
Anser erythropus
Anser fabalis
Anser serrirostris = Anser fabalis serrirostris
Anser indicus
Anser caerulescens = Chen caerulescens
Branta bernicla
Branta canadensis
Branta hutchinsii
Branta leucopsis
Branta ruficollis
Tadorna tadorna
Tadorna ferruginea
Tadorna cristata
Alopochen aegyptiaca = Alopochen aegyptiacus
Aix galericulata
Aix sponsa
Nettapus coromandelianus
Mareca strepera = Anas strepera
Mareca falcata = Anas falcata
Mareca penelope = Anas penelope
Mareca americana = Anas americana
Anas platyrhynchos
Anas zonorhyncha = Anas poecilorhyncha zonorhyncha
Anas poecilorhyncha
Anas acuta
Anas crecca
Anas carolinensis ~ Anas crecca carolinensis
Anas luzonica
Spatula clypeata = Anas clypeata
Spatula querquedula = Anas querquedula
Sibirionetta formosa = Anas formosa
Netta rufina
Aythya ferina
Aythya baeri
Aythya nyroca
Aythya fuligula
Aythya marila
Aythya valisineria
Aythya affinis
Histrionicus histrionicus
Melanitta stejnegeri ~ Melanitta deglandi stejnegeri = Melanitta fusca stejnegeri
Melanitta americana
Clangula hyemalis
Bucephala clangula
Bucephala albeola
Mergellus albellus = Mergus albellus
Mergus merganser
Mergus serrator
Mergus squamatus
Somateria mollissima
Polysticta stelleri
Tachybaptus ruficollis
Podiceps cristatus
Podiceps grisegena
Podiceps auritus
Podiceps nigricollis
Gavia stellata
Gavia arctica
Gavia pacifica
Gavia adamsii
Phalacrocorax carbo
Phalacrocorax capillatus
Urile pelagicus = Phalacrocorax pelagicus
Urile urile = Phalacrocorax urile
Pelecanus crispus
Pelecanus onocrotalus
Fregata ariel
Phoenicopterus roseus
Ardea cinerea
Ardea purpurea
Ardea alba = Egretta alba = Casmerodius albus
Ardea intermedia ~ Egretta intermedia = Mesophoyx intermedia
Ardea coromanda ~ Bubulcus coromandus ~ Bubulcus ibis coromandus
Ardea ibis ~ Bubulcus ibis
Ardeola bacchus
Egretta garzetta
Egretta eulophotes
Egretta sacra
Butorides striata = Butorides striatus
Nycticorax nycticorax
Gorsachius goisagi
Botaurus stellaris
Ixobrychus sinensis ~ Botaurus sinensis
Ixobrychus eurhythmus ~ Botaurus eurhythmus
Fulica atra
Gallinula chloropus
Gallicrex cinerea
Rallus indicus
Rallus aquaticus
Zapornia pusilla = Porzana pusilla
Zapornia fusca = Porzana fusca
Zapornia paykullii = Porzana paykullii
Porzana porzana
Coturnicops exquisitus
Haematopus ostralegus
Haematopus ostralegus osculans
Himantopus himantopus
Recurvirostra avosetta
Vanellus vanellus
Vanellus cinereus
Pluvialis fulva
Pluvialis squatarola
Pluvialis apricaria
Charadrius hiaticula
Charadrius dubius ~ Thinornis dubius
Charadrius placidus ~ Thinornis placidus
Charadrius alexandrinus ~ Anarhynchus alexandrinus
Charadrius dealbatus ~ Anarhynchus dealbatus
Charadrius mongolus ~ Anarhynchus mongolus
Charadrius atrifrons ~ Anarhynchus atrifrons
Charadrius leschenaultii ~ Anarhynchus leschenaultii
Charadrius asiaticus ~ Anarhynchus asiaticus
Charadrius veredus ~ Anarhynchus veredus
Eudromias morinellus ~ Charadrius morinellus
Rostratula benghalensis
Hydrophasianus chirurgus
Numenius madagascariensis
Numenius arquata
Numenius phaeopus
Numenius minutus
Limosa limosa
Limosa limosa melanuroides
Limosa limosa bohaii
Limosa lapponica
Limosa lapponica baueri
Limosa lapponica menzbieri
Limnodromus semipalmatus
Limnodromus scolopaceus
Arenaria interpres
Calidris tenuirostris
Calidris canutus
Calidris canutus piersmai
Calidris canutus rogersi
Calidris pugnax = Philomachus pugnax
Calidris falcinellus = Limicola falcinellus
Calidris acuminata
Calidris ferruginea
Calidris temminckii
Calidris subminuta
Calidris pygmaea = Eurynorhynchus pygmeus = Calidris pygmeus
Calidris ruficollis
Calidris alba = Crocethia alba
Calidris alpina
Calidris minuta
Calidris melanotos
Calidris ptilocnemis
Gallinago gallinago
Gallinago solitaria
Gallinago hardwickii
Gallinago stenura
Gallinago megala
Lymnocryptes minimus
Scolopax rusticola
Xenus cinereus = Tringa cinerea
Phalaropus lobatus
Phalaropus fulicarius
Actitis hypoleucos = Tringa hypoleucos
Tringa ochropus
Tringa brevipes = Heteroscelus brevipes
Tringa incana = Heteroscelus incanus
Tringa erythropus
Tringa nebularia
Tringa guttifer
Tringa stagnatilis
Tringa glareola
Tringa totanus
Glareola maldivarum
Glareola pratincola
Rissa tridactyla
Chroicocephalus ridibundus = Larus ridibundus
Chroicocephalus brunnicephalus = Larus brunnicephalus
Chroicocephalus genei = Larus genei
Saundersilarus saundersi ~ Chroicocephalus saundersi = Larus saundersi
Ichthyaetus relictus = Larus relictus
Ichthyaetus ichthyaetus = Larus ichthyaetus
Hydrocoloeus minutus = Larus minutus
Larus crassirostris
Larus canus
Larus kamtschatschensis ~ Larus canus kamtschatschensis
Larus schistisagus
Larus vegae ~ Larus argentatus vegae ~ Larus vegae vegae
Larus mongolicus ~ Larus vegae mongolicus = Larus cachinnans mongolicus
Larus argentatus
Larus fuscus
Larus cachinnans
Larus hyperboreus
Larus glaucescens
Hydroprogne caspia = Sterna caspia
Gelochelidon nilotica = Sterna nilotica
Thalasseus bernsteini
Thalasseus bergii = Sterna bergii
Sternula albifrons = Sterna albifrons
Onychoprion aleuticus = Sterna aleutica
Sterna hirundo
Sterna dougallii
Chlidonias hybrida
Chlidonias leucopterus
Chlidonias niger
Synthliboramphus wumizusume
Synthliboramphus antiquus
Cepphus carbo
Haliaeetus albicilla
Haliaeetus pelagicus
Haliaeetus leucoryphus
Aquila chrysaetos
Aquila nipalensis
Aquila heliaca
Clanga clanga = Aquila clanga
Aegypius monachus
Gyps himalayensis
Gypaetus barbatus
Nisaetus nipalensis = Spizaetus nipalensis
Buteo japonicus ~ Buteo buteo japonicus
Buteo hemilasius
Buteo buteo
Buteo lagopus
Butastur indicus
Milvus migrans
Circus spilonotus
Circus cyaneus
Circus melanoleucos
Circus aeruginosus
Accipiter nisus
Astur gentilis ~ Accipiter gentilis
Astur schvedowi ~ Accipiter gentilis schvedowi
Accipiter gularis
Pernis ptilorhynchus ~ Pernis ptilorhyncus
Pandion haliaetus
Falco peregrinus
Falco cherrug
Falco tinnunculus
Falco amurensis
Falco subbuteo
Bubo bubo
Ketupa blakistoni ~ Bubo blakistoni = Ketupa blakistoni doerriesi
Strix uralensis
Strix nebulosa
Strix aluco
Asio otus
Asio flammeus
Athene noctua
Cuculus canorus
Phasianus colchicus
Phasianus versicolor
Syrmaticus reevesii
Syrmaticus soemmerringii
Chrysolophus pictus
Tetrastes bonasia = Bonasa bonasia
Lyrurus tetrix = Tetrao tetrix
Tetrao urogallus
Tetrao urogalloides = Tetrao parvirostris
Falcipennis falcipennis ~ Canachites falcipennis
Lagopus lagopus
Lagopus muta = Lagopus mutus
Perdix dauurica = Perdix daurica
Perdix perdix
Coturnix japonica
Coturnix coturnix
Bambusicola thoracicus
Gallus gallus
Gallus domesticus ~ Gallus gallus domesticus
Tetraogallus altaicus
Alectoris chukar
Syrrhaptes paradoxus
Syrrhaptes tibetanus
Columba livia
Columba rupestris
Columba palumbus
Streptopelia orientalis
Streptopelia decaocto
Dendrocopos major
Dryocopus martius
Dendrocopos leucotos
Alcedo atthis
Corvus corax
Corvus corone
Corvus macrorhynchos
Corvus frugilegus
Corvus dauuricus ~ Coloeus dauuricus
Pica pica
Pica serica ~ Pica pica serica
Garrulus glandarius
Cyanopica cyanus
Nucifraga caryocatactes
Turdus merula
Turdus philomelos
Turdus naumanni
Turdus eunomus
Turdus pallidus
Turdus hortulorum
Zoothera aurea ~ Zoothera dauma aurea
Emberiza aureola
Emberiza jankowskii
Parus major
Parus minor ~ Parus cinereus minor
Erithacus rubecula
Sturnus vulgaris
Passer montanus
Passer domesticus
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
