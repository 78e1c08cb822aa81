"""Scientific names of the birds of the region, line by line as `tumen.tables.taxa_list` says.

They follow the IOC World Bird List.
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
Ketupa blakistoni ~ Bubo blakistoni
Ketupa blakistoni doerriesi ~ Bubo blakistoni doerriesi
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
